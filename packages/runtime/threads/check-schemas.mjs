// The thread of src/schema-checker.ts. Plain JavaScript, so that it runs without a build too.
// It is told { schema, value }, both JSON texts, one at a time, and answers each with a verdict.
import { parentPort } from 'node:worker_threads';
import { Ajv } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { ajvOptions, verdictOf } from './problems.mjs';

/** Compiled schemas that are kept, by their text; the one that was used longest ago goes first. */
const keptValidators = 200;

const dialects = [
  { names: ['2020-12'], Dialect: Ajv2020 },
  { names: ['2019-09'], Dialect: Ajv2019 },
  { names: [], Dialect: Ajv },
];

const validators = new Map();

function compile(text) {
  const parsed = JSON.parse(text);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return null;
  // Checks that are answered by promises are not for us.
  const { $schema = '', $async: _async, ...schema } = parsed;
  const { Dialect } = dialects.find(
    ({ names }) => names.length === 0 || names.some((name) => String($schema).includes(name)),
  );
  try {
    // One for each schema: an $id, anywhere in it, could replace what other schemas refer to, or the dialect itself.
    const ajv = new Dialect(ajvOptions);
    addFormats.default(ajv);
    return ajv.compile(schema);
  } catch {
    return null;
  }
}

function validatorOf(text) {
  const known = validators.get(text);
  const validator = known === undefined ? compile(text) : known;
  validators.delete(text);
  validators.set(text, validator);
  if (validators.size > keptValidators) validators.delete(validators.keys().next().value);
  return validator;
}

function verdictOn({ schema, value }) {
  try {
    const validate = validatorOf(schema);
    if (validate === null) return { kind: 'unchecked', reason: 'unusable_schema' };
    return verdictOf(validate, JSON.parse(value));
  } catch {
    // The stack is full: the schema refers to itself, or is nested too deeply.
    return { kind: 'unchecked', reason: 'unusable_schema' };
  }
}

parentPort.on('message', (check) => parentPort.postMessage(verdictOn(check)));
parentPort.postMessage('ready');
