import { Ajv, type ValidateFunction } from 'ajv';
import { ajvOptions, verdictOf } from '../threads/problems.mjs';

/** Parts of a schema that are looked at: a larger one is not plain. */
const mostParts = 500;
/** Compiled schemas that a process keeps. */
const mostValidators = 500;

type Look = (value: unknown, budget: { left: number }) => boolean;

const isAnything: Look = () => true;
const isNumber: Look = (value) => typeof value === 'number';
const isPrimitive: Look = (value) => typeof value !== 'object' || value === null;
const areStrings: Look = (value, budget) =>
  Array.isArray(value) && spend(budget, value.length) && value.every((each) => isString(each));

/**
 * The keywords of a plain schema, with what may stand behind each. They cost what it takes to walk through the value
 * once: no patterns, no references, no alternatives, no comparison of everything with everything.
 */
const keywords: Readonly<Record<string, Look>> = {
  $schema: isAnything,
  title: isAnything,
  description: isAnything,
  default: isAnything,
  examples: isAnything,
  deprecated: isAnything,
  type: (value, budget) => isString(value) || areStrings(value, budget),
  properties: (value, budget) =>
    isObject(value) && Object.values(value).every((each) => isPlain(each, budget)),
  required: areStrings,
  additionalProperties: (value, budget) => typeof value === 'boolean' || isPlain(value, budget),
  items: (value, budget) => isPlain(value, budget),
  enum: (value, budget) =>
    Array.isArray(value) &&
    value.length > 0 &&
    spend(budget, value.length) &&
    value.every((each) => isPrimitive(each, budget)),
  const: isPrimitive,
  minimum: isNumber,
  maximum: isNumber,
  minLength: isNumber,
  maxLength: isNumber,
  minItems: isNumber,
  maxItems: isNumber,
};

/** Checks values against plain schemas. */
export function createPlainSchemas() {
  let ajv = new Ajv(ajvOptions);
  let compiled = 0;
  // By the object itself: tools are listed once, and their schemas are used for many calls. Null: not plain.
  let validators = new WeakMap<object, ValidateFunction | null>();

  function validatorOf(schema: object): ValidateFunction | null {
    const known = validators.get(schema);
    if (known !== undefined) return known;
    const made = compile(schema);
    validators.set(schema, made);
    return made;
  }

  function compile(schema: object): ValidateFunction | null {
    if (!isPlain(schema, { left: mostParts })) return null;
    compiled += 1;
    if (compiled > mostValidators) {
      // Ajv keeps all that it has compiled.
      compiled = 1;
      ajv = new Ajv(ajvOptions);
      validators = new WeakMap();
    }
    const { $schema: _, ...words } = schema as { readonly $schema?: unknown };
    try {
      return ajv.compile(words);
    } catch {
      return null;
    }
  }

  return {
    /** Undefined: the schema is not plain. */
    check(schema: unknown, value: unknown): ReturnType<typeof verdictOf> | undefined {
      if (!isObject(schema)) return undefined;
      const validate = validatorOf(schema);
      return validate === null ? undefined : verdictOf(validate, value);
    },
  };
}

function isPlain(schema: unknown, budget: { left: number }): boolean {
  if (!isObject(schema)) return false;
  const words = Object.entries(schema);
  return (
    spend(budget, 1 + words.length) &&
    words.every(([word, value]) => Object.hasOwn(keywords, word) && keywords[word]?.(value, budget))
  );
}

/** Ends what is too large, and with it what is nested too deeply. */
function spend(budget: { left: number }, parts: number): boolean {
  budget.left -= parts;
  return budget.left >= 0;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}
