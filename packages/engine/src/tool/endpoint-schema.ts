import type { Json, JsonObject } from '@pawl/contracts';
import {
  alternativesOf,
  arrayOf,
  boundsOf,
  brief,
  describe,
  guessedType,
  isNullable,
  isObject,
  notesOf,
  objectOf,
  stringsOf,
  textsOf,
  typesOf,
} from './schema-parts.ts';

/** A schema may have so many parts, and be nested so deep, once its references are written out. */
const mostParts = 2_000;
const deepest = 24;

/** Members of schemas and of their properties that are copied to put parts together. */
const mostCopies = 100_000;

/** Where a part of a schema is read. */
interface Place {
  readonly root: JsonObject;
  /** Shared by all places of a schema: the parts that may still be read. */
  readonly parts: { left: number; copies: number };
  readonly depth: number;
  /** References that are being written out: one within itself has no end. */
  readonly open: readonly string[];
}

/** A part with its references written out and what holds for all of it in one place. */
interface Part {
  readonly schema: JsonObject;
  readonly place: Place;
}

/**
 * A tool's schema as endpoints take it as a function's parameters: an object with properties, in the part of JSON Schema
 * that OpenAI, Anthropic, Gemini and Mistral have in common. It may allow more than the original, which arguments are
 * checked against. Undefined where it can't be written so: it wants something else than an object, or is too large.
 */
export function endpointSchema(schema: JsonObject): JsonObject | undefined {
  const parts = { left: mostParts, copies: mostCopies };
  const whole = gather(schema, { root: schema, parts, depth: 0, open: [] });
  const choices = alternativesOf(whole.schema).map((each) => gather(each, whole.place));
  const types = [whole, ...choices].map((part) => typesOf(part.schema));
  if (!types.every((names) => names.length === 0 || names.includes('object'))) return undefined;
  const result = withChoices(readObject(whole), choices);
  return isTooLarge(parts) ? undefined : result;
}

function gather(schema: Json | undefined, at: Place): Part {
  const place: Place = { ...at, depth: at.depth + 1 };
  at.parts.left -= 1;
  if (!isObject(schema) || place.depth > deepest || isTooLarge(at.parts))
    return { schema: {}, place };
  const { $ref: reference, allOf, ...own } = schema;
  let part: Part = { schema: own, place };
  if (typeof reference === 'string' && !place.open.includes(reference)) {
    const inside = { ...place, open: [...place.open, reference] };
    const target = gather(targetOf(place.root, reference), inside);
    countCopies(place, [target.schema, own]);
    part = { schema: { ...target.schema, ...own }, place: target.place };
  }
  for (const each of arrayOf(allOf)) {
    const more = gather(each, part.place);
    countCopies(place, [part.schema, more.schema]);
    if (isTooLarge(place.parts)) break;
    part = { schema: joined(part.schema, more.schema), place: more.place };
  }
  return part;
}

function isTooLarge({ left, copies }: Place['parts']): boolean {
  return left < 0 || copies < 0;
}

/** A schema of 100,000 characters could be copied thousands of times else, which takes minutes. */
function countCopies({ parts }: Place, schemas: readonly JsonObject[]): void {
  for (const schema of schemas) {
    parts.copies -= Object.keys(schema).length + Object.keys(objectOf(schema['properties'])).length;
  }
}

/** What a reference within the schema points to; others are not followed. */
function targetOf(root: JsonObject, reference: string): Json | undefined {
  if (!reference.startsWith('#')) return undefined;
  const names = reference.slice(1).split('/').slice(1);
  return names.reduce<Json | undefined>((value, name) => {
    const key = name.replaceAll('~1', '/').replaceAll('~0', '~');
    return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  }, root);
}

/** A schema that wants what both want. */
function joined(one: JsonObject, other: JsonObject): JsonObject {
  const required = [...stringsOf(one['required']), ...stringsOf(other['required'])];
  const own = objectOf(one['properties']);
  return {
    ...other,
    ...one,
    // This order of the names, and what the first one says of them.
    properties: { ...own, ...objectOf(other['properties']), ...own },
    ...(required.length === 0 ? {} : { required }),
  };
}

function read(schema: Json | undefined, at: Place): JsonObject {
  const part = gather(schema, at);
  const { schema: own, place } = part;
  const alternatives = alternativesOf(own);
  if (alternatives.length > 0) {
    const choices = alternatives.map((each) => read(each, place));
    return { ...oneOf(choices), ...describe(own, notesOf(own)) };
  }
  const types = typesOf(own).filter((type) => type !== 'null');
  if (types.length < 2) return readTyped(part);
  const { description: _description, title: _title, ...bare } = own;
  const choices = types.map((type) => readTyped({ schema: { ...bare, type }, place }));
  return { ...oneOf(choices), ...describe(own, []) };
}

function oneOf(choices: readonly JsonObject[]): JsonObject {
  const [first = {}] = choices;
  if (choices.every((choice) => Array.isArray(choice['enum']))) {
    return {
      type: 'string',
      enum: [...new Set(choices.flatMap((each) => stringsOf(each['enum'])))],
    };
  }
  return choices.length === 1 ? first : { anyOf: [...choices] };
}

function readTyped(part: Part): JsonObject {
  const { schema, place } = part;
  const type = typesOf(schema).find((name) => name !== 'null') ?? guessedType(schema);
  if (type === 'object') return readObject(part);
  const texts = type === undefined || type === 'string' ? textsOf(schema) : [];
  return {
    ...(texts.length > 0 ? { type: 'string', enum: texts } : type === undefined ? {} : { type }),
    ...(type === 'array' ? { items: itemsOf(schema, place) } : {}),
    ...boundsOf(schema),
    ...describe(schema, notesOf(schema)),
  };
}

/** One schema for all items: a list of them, by place, is not known everywhere. */
function itemsOf({ items, prefixItems }: JsonObject, place: Place): JsonObject {
  const listed = [...arrayOf(prefixItems), ...arrayOf(items)];
  if (listed.length === 0) return read(items, place);
  const choices = [...listed, ...(isObject(items) ? [items] : [])].map((each) => read(each, place));
  const different = new Map(choices.map((choice) => [JSON.stringify(choice), choice]));
  return oneOf([...different.values()]);
}

function readObject({ schema, place }: Part): JsonObject {
  const wanted = new Set(stringsOf(schema['required']));
  const properties = Object.entries(objectOf(schema['properties'])).filter(
    ([, property]) => property !== false,
  );
  const required = properties.map(([name]) => name).filter((name) => wanted.has(name));
  const others = schema['additionalProperties'];
  const note = isObject(others) && Object.keys(others).length > 0 ? brief(others) : '';
  return {
    type: 'object',
    properties: Object.fromEntries(
      properties.map(([name, property]) => {
        const value = read(property, place);
        // Where the property must be there, null is the only way to say nothing.
        const isEmptyAllowed = wanted.has(name) && isNullable(property);
        return [name, isEmptyAllowed ? { anyOf: [value, { type: 'null' }] } : value];
      }),
    ),
    ...(required.length === 0 ? {} : { required }),
    ...describe(schema, [...notesOf(schema), note === '' ? '' : `further properties: ${note}`]),
  };
}

/** No endpoint takes a choice at the root: the properties of all of them are offered, and which belong together is said. */
function withChoices(whole: JsonObject, choices: readonly Part[]): JsonObject {
  if (choices.length === 0) return whole;
  const forms = new Map<string, Map<string, JsonObject>>();
  for (const each of [whole, ...choices.map(readObject)]) {
    for (const [name, property] of Object.entries(objectOf(each['properties']))) {
      const known = forms.get(name) ?? new Map<string, JsonObject>();
      forms.set(name, known.set(JSON.stringify(property), objectOf(property)));
    }
  }
  const properties = new Map([...forms].map(([name, known]) => [name, oneOf([...known.values()])]));
  const wanted = choices.map(({ schema }) => stringsOf(schema['required']));
  const sets = wanted.map((names) => new Set(names));
  const always = (wanted[0] ?? []).filter((name) => sets.every((names) => names.has(name)));
  const required = [...new Set([...stringsOf(whole['required']), ...always])].filter((name) =>
    properties.has(name),
  );
  const groups = new Set(
    wanted.map((names) => names.join(' and ')).filter((names) => names !== ''),
  );
  const note = groups.size > 1 ? `give one of: ${[...groups].join('; or: ')}` : '';
  return {
    ...whole,
    properties: Object.fromEntries(properties),
    ...(required.length === 0 ? {} : { required }),
    ...describe(whole, [note]),
  };
}
