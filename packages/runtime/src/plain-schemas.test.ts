import { expect, test } from 'vitest';
import { createPlainSchemas } from './plain-schemas.ts';

const { check } = createPlainSchemas();

const search = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  properties: {
    query: { type: 'string', minLength: 1, description: 'What to look for.' },
    limit: { type: ['integer', 'null'], minimum: 1, default: 10 },
    order: { enum: ['newest', 'oldest'] },
    labels: { type: 'array', items: { type: 'string' }, maxItems: 2 },
  },
  required: ['query'],
  additionalProperties: false,
};

test.each([
  [{ query: 'x', limit: null, order: 'oldest', labels: ['a'] }, []],
  [{ query: '' }, ['query must NOT have fewer than 1 characters']],
  [{ query: 'x', limit: 0 }, ['limit must be >= 1']],
  [
    { labels: ['a', 1, 'c'] },
    [
      " must have required property 'query'",
      'labels must NOT have more than 2 items',
      'labels/1 must be string',
    ],
  ],
  [{ query: 'x', other: 1 }, [' must NOT have additional properties (other)']],
])('a plain schema says at once what is wrong with %j', (value, problems) => {
  const verdict = check(search, value);
  const said = verdict?.kind === 'invalid' ? verdict.problems : [];
  expect(said.map(({ path, message }) => `${path} ${message}`)).toEqual(problems);
  expect(verdict?.kind).toBe(problems.length === 0 ? 'valid' : 'invalid');
});

const nested = (levels: number): object =>
  levels === 0 ? { type: 'string' } : { type: 'object', properties: { a: nested(levels - 1) } };

test.each([
  ['a pattern', { type: 'string', pattern: '^(a+)+$' }],
  ['a format', { type: 'string', format: 'email' }],
  ['a reference', { properties: { a: { $ref: '#' } } }],
  ['alternatives', { anyOf: [{ type: 'string' }] }],
  ['everything with everything', { type: 'array', uniqueItems: true }],
  ['objects to compare with', { enum: [{ a: 1 }] }],
  ['an id that others may refer to', { $id: 'https://example.com', type: 'object' }],
  ['promises', { $async: true, type: 'object' }],
  ['more parts than are looked at', { enum: Array.from({ length: 1_000 }, (_, each) => each) }],
  ['more levels than are looked at', nested(400)],
  ['a name that every object has', { toString: 1 }],
  ['no object', true],
  ['an unknown type', { type: 'text' }],
])('a schema with %s is left to the thread', (_what, schema) => {
  expect(check(schema, 'aaaa')).toBeUndefined();
});

test('more schemas than are kept are checked all the same', () => {
  const verdicts = Array.from({ length: 1_200 }, (_, most) =>
    check({ type: 'number', maximum: most }, 600),
  );
  expect(verdicts.filter((verdict) => verdict?.kind === 'valid')).toHaveLength(600);
});
