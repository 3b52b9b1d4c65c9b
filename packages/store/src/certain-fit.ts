import type { z } from 'zod';
import { keepingUnknownFields } from './unknown-fields.ts';

type Test = (value: unknown) => boolean;
type Definition = z.core.$ZodTypes['_zod']['def'];
type DiscriminatedUnion = z.core.$ZodDiscriminatedUnionDef;

/** How a schema is tested, those within it included. */
type TestOf = (schema: z.core.$ZodType) => Test;

/**
 * True: the schema takes the value, with whatever it has beside the known fields. False: zod has to be asked. Unlike
 * zod's, the answer is found without a copy of the value.
 */
export function certainlyFits(schema: z.core.$ZodType, value: unknown): boolean {
  return testOfFit(schema)(value);
}

/** True: the schema takes the value, and zod would answer an equal one. False: zod has to be asked. */
export function certainlyStays(schema: z.core.$ZodType, value: unknown): boolean {
  return testOfStay(schema)(value);
}

const testOfFit = testsWith(zodTest);
const testOfStay = testsWith(() => () => false);

/** @param otherwise tests what only zod knows */
function testsWith(otherwise: TestOf): TestOf {
  const known = new WeakMap<z.core.$ZodType, Test>();
  const testOf: TestOf = (schema) => {
    const found = known.get(schema);
    if (found !== undefined) return found;
    const made = plainTest(schema as z.core.$ZodTypes, testOf) ?? otherwise(schema);
    known.set(schema, made);
    return made;
  };
  return testOf;
}

function zodTakes(schema: z.core.$ZodType, value: unknown): boolean {
  return keepingUnknownFields(schema as z.ZodType).safeParse(value).success;
}

/** Not where a default takes its place. */
function leavesUndefined(schema: z.core.$ZodType): boolean {
  const { success, data } = keepingUnknownFields(schema as z.ZodType).safeParse(undefined);
  return success && data === undefined;
}

/** Zod itself, for what no test here is certain about. Whether a field may be absent depends on more than its schema. */
function zodTest(schema: z.core.$ZodType): Test {
  return (value) => value !== undefined && zodTakes(schema, value);
}

/** Undefined: only zod knows. */
function plainTest(schema: z.core.$ZodTypes, testOf: TestOf): Test | undefined {
  const def = definitionOf(schema);
  return (def.checks ?? [])
    .map(limitTest)
    .reduce<Test | undefined>(both, uncheckedTest(schema, def, testOf));
}

function definitionOf(schema: z.core.$ZodTypes): Definition {
  return (schema as unknown as { readonly def: Definition }).def;
}

function both(first: Test | undefined, second: Test | undefined): Test | undefined {
  return first && second && ((value) => first(value) && second(value));
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
    case 'less_than': {
      const { value: most, inclusive } = def;
      if (typeof most !== 'number') return undefined;
      return (value) => (value as number) < most || (inclusive && value === most);
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
function uncheckedTest(
  schema: z.core.$ZodTypes,
  def: Definition,
  testOf: TestOf,
): Test | undefined {
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
      return optional(testOf(def.innerType), leavesUndefined(schema));
    case 'nullable':
      return nullable(testOf(def.innerType));
    case 'default':
      return present(testOf(def.innerType));
    case 'custom':
      return zodTest(schema);
    case 'array':
      return arrayOf(testOf(def.element));
    case 'record':
      return isPlainString(def.keyType) ? recordOf(testOf(def.valueType)) : undefined;
    case 'union':
      if ('discriminator' in def) return oneByOneOf(def as DiscriminatedUnion, testOf);
      // Of others more than one option may be too many.
      return def.inclusive === false ? undefined : firstOf(def.options, testOf);
    case 'object':
      return objectOf(def.shape, testOf);
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

function present(test: Test): Test {
  return (value) => value !== undefined && test(value);
}

function isPlainString(schema: z.core.$ZodType): boolean {
  const { type, checks = [], ...others } = definitionOf(schema as z.core.$ZodTypes);
  return type === 'string' && checks.length === 0 && !('format' in others);
}

function recordOf(test: Test): Test {
  return (value) => isPlainObject(value) && Object.values(value).every(test);
}

/** Of a union whose options differ by one field. A value that none of them has is no option's. */
function oneByOneOf({ discriminator, options }: DiscriminatedUnion, testOf: TestOf): Test {
  const tests = new Map<unknown, Test>(
    options.flatMap((option) => {
      const { _zod: internals } = option;
      const values = [...(internals.propValues?.[discriminator] ?? [])];
      return values.map((value) => [value, testOf(option)] as const);
    }),
  );
  return (value) => isPlainObject(value) && tests.get(value[discriminator])?.(value) === true;
}

/**
 * Of any other union. Zod answers the first option that takes the value, so all before the one that takes it for certain
 * must refuse it for certain: they are objects, and a field of theirs is absent that has to be there.
 */
function firstOf(options: readonly z.core.$ZodType[], testOf: TestOf): Test {
  const tests = options.map((option) => ({ takes: testOf(option), needed: neededBy(option) }));
  return (value) => {
    for (const { takes, needed } of tests) {
      if (takes(value)) return true;
      if (!isPlainObject(value) || !needed.some((name) => value[name] === undefined)) return false;
    }
    return false;
  };
}

/** The fields without which an object is refused. */
function neededBy(schema: z.core.$ZodType): readonly string[] {
  const def = definitionOf(schema as z.core.$ZodTypes);
  if (def.type !== 'object') return [];
  return Object.entries(def.shape).flatMap(([name, field]) =>
    zodTakes(field, undefined) ? [] : [name],
  );
}

/** A field that is absent is looked at as one that is undefined: only the tests of optional ones take that. */
function objectOf(shape: Readonly<Record<string, z.core.$ZodType>>, testOf: TestOf): Test {
  const fields = Object.entries(shape).map(([name, field]) => ({ name, test: testOf(field) }));
  return (value) => {
    if (!isPlainObject(value)) return false;
    for (const { name, test } of fields) if (!test(value[name])) return false;
    return true;
  };
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  // Zod drops it.
  return !Object.hasOwn(value, '__proto__');
}
