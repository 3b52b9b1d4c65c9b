import type { z } from 'zod';
import { keepingUnknownFields } from './unknown-fields.ts';

type Test = (value: unknown) => boolean;
type Definition = z.core.$ZodTypes['_zod']['def'];

const known = new WeakMap<z.core.$ZodType, Test>();

/**
 * True: the schema takes the value, with whatever it has beside the known fields. False: zod has to be asked. Unlike
 * zod's, the answer is found without a copy of the value.
 */
export function certainlyFits(schema: z.core.$ZodType, value: unknown): boolean {
  return testOf(schema)(value);
}

function testOf(schema: z.core.$ZodType): Test {
  const found = known.get(schema);
  if (found !== undefined) return found;
  const made = testMade(schema as z.core.$ZodTypes);
  known.set(schema, made);
  return made;
}

function zodTakes(schema: z.core.$ZodType, value: unknown): boolean {
  return keepingUnknownFields(schema as z.ZodType).safeParse(value).success;
}

/** Zod itself, for what no test here is certain about. Whether a field may be absent depends on more than its schema. */
function zodTest(schema: z.core.$ZodType): Test {
  return (value) => value !== undefined && zodTakes(schema, value);
}

function testMade(schema: z.core.$ZodTypes): Test {
  const def = definitionOf(schema);
  const limits = (def.checks ?? []).map(limitTest);
  if (limits.some((limit) => limit === undefined)) return zodTest(schema);
  const test = plainTest(schema, def);
  if (test === undefined) return zodTest(schema);
  return limits.reduce<Test>((all, limit) => (limit === undefined ? all : both(all, limit)), test);
}

function definitionOf(schema: z.core.$ZodTypes): Definition {
  return (schema as unknown as { readonly def: Definition }).def;
}

function both(first: Test, second: Test): Test {
  return (value) => first(value) && second(value);
}

/** Of a value of the schema's type. Undefined: only zod knows. */
function limitTest(check: z.core.$ZodCheck): Test | undefined {
  const {
    _zod: { def },
  } = check as z.core.$ZodChecks;
  switch (def.check) {
    case 'greater_than': {
      const { value: least, inclusive } = def;
      if (typeof least !== 'number') return undefined;
      return (value) => (value as number) > least || (inclusive && value === least);
    }
    case 'min_length':
      return (value) => (value as string | unknown[]).length >= def.minimum;
    case 'max_length':
      return (value) => (value as string | unknown[]).length <= def.maximum;
    default:
      return undefined;
  }
}

/** Leaves the schema's checks aside. Undefined: only zod knows. */
function plainTest(schema: z.core.$ZodTypes, def: Definition): Test | undefined {
  const { _zod: internals } = schema;
  switch (def.type) {
    case 'string':
      return 'format' in def ? undefined : (value) => typeof value === 'string';
    case 'number':
      if (!('format' in def)) return Number.isFinite;
      return def.format === 'safeint' ? Number.isSafeInteger : undefined;
    case 'boolean':
      return (value) => typeof value === 'boolean';
    case 'unknown':
      return (value) => value !== undefined;
    case 'literal':
    case 'enum':
      return oneOf(internals.values ?? new Set());
    case 'optional':
      return optional(testOf(def.innerType), zodTakes(schema, undefined));
    case 'nullable':
      return nullable(testOf(def.innerType));
    case 'array':
      return arrayOf(testOf(def.element));
    case 'union':
      return def.inclusive || 'discriminator' in def ? anyOf(def.options.map(testOf)) : undefined;
    case 'object':
      return objectOf(def.shape);
    default:
      return undefined;
  }
}

function oneOf(values: ReadonlySet<unknown>): Test {
  return (value) => value !== undefined && values.has(value);
}

function optional(test: Test, mayBeUndefined: boolean): Test {
  return (value) => (value === undefined ? mayBeUndefined : test(value));
}

function nullable(test: Test): Test {
  return (value) => value === null || test(value);
}

function arrayOf(test: Test): Test {
  return (value) => Array.isArray(value) && value.every(test);
}

function anyOf(tests: readonly Test[]): Test {
  return (value) => tests.some((test) => test(value));
}

/** A field that is absent is looked at as one that is undefined: only the tests of optional ones take that. */
function objectOf(shape: Readonly<Record<string, z.core.$ZodType>>): Test {
  const fields = Object.entries(shape).map(([name, field]) => ({ name, test: testOf(field) }));
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    const object = value as Readonly<Record<string, unknown>>;
    for (const { name, test } of fields) if (!test(object[name])) return false;
    return true;
  };
}
