import type { JsonObject } from '@pawl/contracts';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';

const maxProblems = 5;

/**
 * Checks arguments against tools' own schemas. Schemas come from outside: one that can't be compiled checks nothing,
 * since the tool itself will say what it does not like.
 */
export function createArgumentChecker(): (schema: JsonObject, input: JsonObject) => string[] {
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true, logger: false });
  addFormats.default(ajv);
  const validators = new WeakMap<JsonObject, ValidateFunction | null>();
  return (schema, input) => {
    const validate = validators.get(schema) ?? compile(ajv, schema);
    validators.set(schema, validate);
    if (validate === null || validate(input)) return [];
    return (validate.errors ?? [])
      .slice(0, maxProblems)
      .map(({ instancePath, message = 'is not valid', params }) => {
        const extra = params['additionalProperty'];
        const named = typeof extra === 'string' ? `${message} (${extra})` : message;
        return `${instancePath === '' ? 'the arguments' : instancePath.slice(1)} ${named}`;
      });
  };
}

function compile(ajv: Ajv, schema: JsonObject): ValidateFunction | null {
  try {
    return ajv.compile(schema);
  } catch {
    return null;
  } finally {
    ajv.removeSchema(schema);
  }
}
