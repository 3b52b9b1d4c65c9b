// The thread of src/schema-checker.ts. Plain JavaScript, so that it runs without a build too.
// It is told { schema, value }, both JSON texts, one at a time, and answers each with a verdict.
import { parentPort } from 'node:worker_threads';
import { Ajv } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/** Compiled schemas that are kept, by their text; the one that was used longest ago goes first. */
const keptValidators = 200;
const shownProblems = 5;

const options = {
  strict: false,
  allErrors: true,
  validateFormats: true,
  logger: false,
  // Two schemas may have the same $id.
  addUsedSchema: false,
};
const dialects = [
  { names: ['2020-12'], ajv: new Ajv2020(options) },
  { names: ['2019-09'], ajv: new Ajv2019(options) },
  { names: [], ajv: new Ajv(options) },
];
for (const { ajv } of dialects) addFormats.default(ajv);

const validators = new Map();

function compile(text) {
  const parsed = JSON.parse(text);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return null;
  const { $schema = '', ...schema } = parsed;
  const { ajv } = dialects.find(
    ({ names }) => names.length === 0 || names.some((name) => String($schema).includes(name)),
  );
  try {
    return ajv.compile(schema);
  } catch {
    return null;
  } finally {
    // Ajv keeps every schema that it has seen.
    ajv.removeSchema(schema);
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

function problemOf({ instancePath, message = 'is not valid', params }) {
  const extra = params.additionalProperty ?? params.unevaluatedProperty;
  const named = typeof extra === 'string' ? `${message} (${extra.slice(0, 100)})` : message;
  return {
    path: instancePath.slice(1, 301),
    message: named.slice(0, 500),
  };
}

function verdictOn({ schema, value }) {
  try {
    const validate = validatorOf(schema);
    if (validate === null) return { kind: 'unchecked', reason: 'unusable_schema' };
    if (validate(JSON.parse(value))) return { kind: 'valid' };
    return { kind: 'invalid', problems: validate.errors.slice(0, shownProblems).map(problemOf) };
  } catch {
    // The stack is full: the schema refers to itself, or is nested too deeply.
    return { kind: 'unchecked', reason: 'unusable_schema' };
  }
}

parentPort.on('message', (check) => parentPort.postMessage(verdictOn(check)));
parentPort.postMessage('ready');
