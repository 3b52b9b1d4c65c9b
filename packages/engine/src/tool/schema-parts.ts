import type { Json, JsonObject } from '@pawl/contracts';
import { beginningOf } from '../turn/json-text.ts';

/** Kept as they are: every endpoint knows them. */
const bounds = ['minLength', 'maxLength', 'minItems', 'maxItems', 'minimum', 'maximum'];

/** Not known everywhere, and refused where they are not: what they say goes into the description. */
const described = [
  'const',
  'default',
  'exclusiveMaximum',
  'exclusiveMinimum',
  'format',
  'maxProperties',
  'minProperties',
  'multipleOf',
  'pattern',
  'uniqueItems',
];

const types = new Set(['string', 'number', 'integer', 'boolean', 'object', 'array', 'null']);

/** Characters of a constraint in a description. */
const longestNote = 200;

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

export function arrayOf(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}

/** `required: null`, `required: true` and what else is no list of names holds none. */
export function stringsOf(value: Json | undefined): string[] {
  return arrayOf(value).filter((item) => typeof item === 'string');
}

/** The known types that a schema names; several where it allows several. */
export function typesOf({ type }: JsonObject): string[] {
  const named = typeof type === 'string' ? [type] : stringsOf(type);
  return named.map((name) => name.toLowerCase()).filter((name) => types.has(name));
}

/** The type that a schema without one can only mean. */
export function guessedType(schema: JsonObject): string | undefined {
  if (isObject(schema['properties'])) return 'object';
  return 'items' in schema || 'prefixItems' in schema ? 'array' : undefined;
}

export function isNullable(schema: Json | undefined): boolean {
  const { nullable, anyOf, oneOf, enum: values, ...rest } = objectOf(schema);
  return (
    nullable === true ||
    typesOf(rest).includes('null') ||
    arrayOf(values).includes(null) ||
    [...arrayOf(anyOf), ...arrayOf(oneOf)].some((each) => typesOf(objectOf(each)).includes('null'))
  );
}

/** The alternatives of a schema but for null, and for those that allow nothing. */
export function alternativesOf({ anyOf, oneOf }: JsonObject): Json[] {
  return [...arrayOf(anyOf), ...arrayOf(oneOf)].filter(
    (each) => each !== false && !(isObject(each) && typesOf(each).join(',') === 'null'),
  );
}

/** The texts that are allowed, none where others are too: endpoints know enumerations of texts only, none empty. */
export function textsOf({ enum: values, const: only }: JsonObject): string[] {
  const given = only === undefined ? arrayOf(values) : [only];
  const texts = stringsOf(given).filter((text) => text !== '');
  const others = given.filter((value) => typeof value !== 'string' && value !== null);
  return others.length > 0 ? [] : [...new Set(texts)];
}

export function boundsOf(schema: JsonObject): JsonObject {
  return Object.fromEntries(
    bounds.flatMap((name) => {
      const value = schema[name];
      const isCount = name.endsWith('Length') || name.endsWith('Items');
      const isUsable =
        typeof value === 'number' &&
        Math.abs(value) <= Number.MAX_SAFE_INTEGER &&
        (!isCount || (Number.isInteger(value) && value >= 0));
      return isUsable ? [[name, value] as const] : [];
    }),
  );
}

/** What a schema says that endpoints may not know, for its description. */
export function notesOf(schema: JsonObject): string[] {
  const isEnumerated = textsOf(schema).length > 0;
  const notes = described.flatMap((name) => {
    const value = schema[name];
    const isSaid = value === undefined || value === null || (name === 'const' && isEnumerated);
    return isSaid ? [] : [`${name}: ${brief(value)}`];
  });
  const values = arrayOf(schema['enum']);
  return values.length > 0 && !isEnumerated ? [...notes, `one of: ${brief(values)}`] : notes;
}

export function brief(value: Json): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > longestNote ? `${beginningOf(text, longestNote)}…` : text;
}

/** A description, then notes; nothing where there are neither. */
export function describe(
  { description, title }: JsonObject,
  notes: readonly string[],
): { description?: string } {
  const said = [description, title].find((text) => typeof text === 'string' && text.trim() !== '');
  const noted = notes.filter((note) => note !== '').join('; ');
  const whole = [typeof said === 'string' ? said : '', noted === '' ? '' : `(${noted})`];
  const text = whole.filter((part) => part !== '').join(' ');
  return text === '' ? {} : { description: text };
}
