import type { JsonObject } from '@pawl/contracts';
import { describe, expect, test } from 'vitest';
import { endpointSchema } from './endpoint-schema.ts';

const of = (properties: JsonObject, more: JsonObject = {}) =>
  endpointSchema({ type: 'object', properties, ...more });
const property = (schema: JsonObject, more: JsonObject = {}) => {
  const { properties } = of({ it: schema }, more) as { properties: JsonObject };
  return properties['it'];
};
const choice = (kind: string): JsonObject => ({
  properties: { kind: { const: kind } },
  required: ['kind'],
});
const nothing = { type: 'object', properties: {} };

describe('the schema of a tool for an endpoint', () => {
  test.each<JsonObject>([
    {},
    { type: 'object' },
    { type: 'object', properties: null, required: null },
    { type: ['object', 'null'], required: true },
    { type: 'Object', required: ['gone'] },
    { $schema: 'https://json-schema.org/draft/2020-12/schema', $id: 'x', properties: {} },
  ])('is an object with properties, whatever is missing: %j', (schema) => {
    expect(endpointSchema(schema)).toEqual(nothing);
  });

  test('is none where the tool wants no object, or more than can be written', () => {
    expect(endpointSchema({ type: 'array', items: {} })).toBeUndefined();
    expect(endpointSchema({ anyOf: [{ type: 'object' }, { type: 'string' }] })).toBeUndefined();
    const wide = Object.fromEntries(Array.from({ length: 3_000 }, (_, at) => [`p${at}`, {}]));
    expect(of(wide)).toBeUndefined();
  });

  test('keeps what every endpoint knows as it is', () => {
    const schema = {
      type: 'object',
      properties: {
        to: { type: 'string', description: 'Whom.', minLength: 1 },
        count: { type: 'integer', minimum: 1, maximum: 50 },
        labels: { type: 'array', items: { type: 'string' }, maxItems: 3 },
        order: { type: 'string', enum: ['up', 'down'] },
      },
      required: ['to'],
      description: 'Sends.',
    };
    expect(endpointSchema(schema)).toEqual(schema);
  });

  test('offers the properties of all choices at the root, and says which belong together', () => {
    const schema = {
      type: 'object',
      properties: { user: { type: 'string' } },
      anyOf: [
        { properties: { id: { type: 'string' } }, required: ['user', 'id'] },
        { properties: { name: { type: 'string' } }, required: ['user', 'name'] },
      ],
    };
    expect(endpointSchema(schema)).toEqual({
      type: 'object',
      properties: { user: { type: 'string' }, id: { type: 'string' }, name: { type: 'string' } },
      required: ['user'],
      description: '(give one of: user and id; or: user and name)',
    });
  });

  test('tells choices at the root apart by all of their values', () => {
    expect(endpointSchema({ oneOf: [choice('day'), choice('week')] })).toEqual({
      type: 'object',
      properties: { kind: { type: 'string', enum: ['day', 'week'] } },
      required: ['kind'],
    });
  });

  test('has its references written out; one within itself ends', () => {
    const schema = {
      $ref: '#/$defs/Node',
      $defs: {
        Node: {
          type: 'object',
          properties: { name: { $ref: '#/$defs/Name' }, child: { $ref: '#/$defs/Node' } },
        },
        Name: { type: 'string', description: 'A name.' },
      },
    };
    expect(endpointSchema(schema)).toEqual({
      type: 'object',
      properties: { name: { type: 'string', description: 'A name.' }, child: {} },
    });
    expect(property({ $ref: 'https://example.com/other.json' })).toEqual({});
    expect(property({ $ref: '#/$defs/missing' })).toEqual({});
  });

  test('joins what all of several schemas want', () => {
    expect(
      endpointSchema({
        allOf: [
          { properties: { a: { type: 'string' } }, required: ['a'] },
          { properties: { b: { type: 'number' } }, required: ['b'] },
        ],
      }),
    ).toEqual({
      type: 'object',
      properties: { a: { type: 'string' }, b: { type: 'number' } },
      required: ['a', 'b'],
    });
  });

  test('says in the description what is not known everywhere', () => {
    const schema = { type: 'string', description: 'When.', format: 'email', pattern: '^a+$' };
    expect(property(schema)).toEqual({
      type: 'string',
      description: 'When. (format: email; pattern: ^a+$)',
    });
    expect(property({ type: 'integer', exclusiveMinimum: 0, default: 5 })).toEqual({
      type: 'integer',
      description: '(default: 5; exclusiveMinimum: 0)',
    });
    expect(property({ enum: [1, 2] })).toEqual({ description: '(one of: [1,2])' });
    expect(property({ type: 'integer', maximum: 1e19 })).toEqual({ type: 'integer' });
  });

  test('has one type a place, and null only where a property must be there', () => {
    const nullable = { type: ['string', 'null'] };
    expect(property(nullable)).toEqual({ type: 'string' });
    expect(property(nullable, { required: ['it'] })).toEqual({
      anyOf: [{ type: 'string' }, { type: 'null' }],
    });
    expect(property({ type: ['string', 'integer'] })).toEqual({
      anyOf: [{ type: 'string' }, { type: 'integer' }],
    });
    expect(property({ anyOf: [{ type: 'string' }, { type: 'null' }] })).toEqual({ type: 'string' });
  });

  test('has items for every list, and texts only in enumerations', () => {
    expect(property({ type: 'array' })).toEqual({ type: 'array', items: {} });
    const pair = [{ type: 'string' }, { type: 'number' }];
    expect(property({ type: 'array', prefixItems: pair })).toEqual({
      type: 'array',
      items: { anyOf: pair },
    });
    expect(property({ type: 'string', enum: ['', 'a', 'a', null] })).toEqual({
      type: 'string',
      enum: ['a'],
    });
  });
});

/** Whether the work is bounded can't be timed on a busy machine: without the bounds the first of these takes a minute. */
describe('a schema that would be copied thousands of times', () => {
  const properties = Object.fromEntries(
    Array.from({ length: 6_000 }, (_, index) => [`a${index}`, {}]),
  );

  test('is too large where all its parts are joined', () => {
    const allOf = Array.from({ length: 9_000 }, () => ({}));
    expect(endpointSchema({ type: 'object', properties, allOf })).toBeUndefined();
    const $ref = '#/$defs/whole';
    const references = Array.from({ length: 1_000 }, () => ({ $ref }));
    const $defs = { whole: { properties } };
    expect(endpointSchema({ type: 'object', $defs, allOf: references })).toBeUndefined();
  });

  test('offers the forms that a property has in its choices side by side, not one within the other', () => {
    const anyOf = Array.from({ length: 900 }, (_, index) => ({
      properties: { it: { type: 'string', description: `Form ${index}.` } },
    }));
    const { properties: offered } = endpointSchema({ anyOf }) as { properties: JsonObject };
    expect(offered['it']).toMatchObject({ anyOf: { length: 900 } });
  });
});
