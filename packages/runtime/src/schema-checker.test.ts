import { expect, test } from 'vitest';
import { createSchemaChecker, type SchemaChecker } from './schema-checker.ts';

async function checking(run: (checker: SchemaChecker) => Promise<void>): Promise<void> {
  const checker = createSchemaChecker();
  try {
    await run(checker);
  } finally {
    await checker.close();
  }
}

const mail = {
  type: 'object',
  properties: {
    to: { type: 'string', format: 'email' },
    labels: { type: 'array', items: { type: 'string' } },
  },
  required: ['to'],
  additionalProperties: false,
};
const problem = (path: string, message: string) => ({
  kind: 'invalid',
  problems: [{ path, message }],
});

test.concurrent('a value is valid, or it is said where it is not', () =>
  checking(async ({ check }) => {
    const verdicts = await Promise.all(
      [
        { to: 'a@b.example', labels: ['x'] },
        {},
        { to: 'nobody' },
        { to: 'a@b.example', labels: [1] },
        { to: 'a@b.example', cc: '' },
      ].map((value) => check(mail, value)),
    );
    expect(verdicts).toEqual([
      { kind: 'valid' },
      problem('', "must have required property 'to'"),
      problem('to', 'must match format "email"'),
      problem('labels/0', 'must be string'),
      problem('', 'must NOT have additional properties (cc)'),
    ]);
  }));

test.concurrent('at most five problems are named', () =>
  checking(async ({ check }) => {
    const value = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`key${index}`, 1]));
    const verdict = await check({ type: 'object', additionalProperties: false }, value);
    expect(verdict).toMatchObject({ kind: 'invalid', problems: { length: 5 } });
  }));

test.concurrent('a schema of any draft is used as its draft says', () =>
  checking(async ({ check }) => {
    const tuple = { type: 'array', prefixItems: [{ type: 'string' }] };
    const $schema = 'https://json-schema.org/draft/2020-12/schema';
    expect(await check({ $schema, ...tuple }, [1])).toEqual(problem('0', 'must be string'));
    expect(await check({ $schema: 'http://json-schema.org/draft-04/schema#' }, 1)).toEqual({
      kind: 'valid',
    });
  }));

test.concurrent.for([
  ['a type that there is not', { type: 'no-such-type' }],
  ['a pattern that is none', { type: 'string', pattern: '(' }],
  ['a reference to nowhere', { $ref: '#/definitions/nothing' }],
  ['a reference to itself', { $ref: '#' }],
  ['an address elsewhere', { $ref: 'http://127.0.0.1:9/schema.json' }],
  ['a number', 5],
] as const)('%s checks nothing', ([, schema]) =>
  checking(async ({ check }) => {
    expect(await check(schema, 'text')).toEqual({ kind: 'unchecked', reason: 'unusable_schema' });
  }),
);

/** `definitions` where each refers twice to the next: as a tree it has 2^40 nodes. */
const references = {
  $ref: '#/definitions/level0',
  definitions: Object.fromEntries(
    Array.from({ length: 40 }, (_, level) => [
      `level${level}`,
      level === 39
        ? { type: 'string', minLength: 100 }
        : {
            anyOf: [1, 2].map((half) => ({
              title: `${half}`,
              $ref: `#/definitions/level${level + 1}`,
            })),
          },
    ]),
  ),
};
const manyObjects = Array.from({ length: 60_000 }, (_, id) => ({ id }));

test.concurrent.for([
  ['a pattern that backtracks', { type: 'string', pattern: '^(a+)+$' }, `${'a'.repeat(45)}!`],
  ['references that multiply', references, 'text'],
  ['unique items of a long list', { type: 'array', uniqueItems: true }, manyObjects],
] as const)('%s is given up, while other checks and other work go on', ([, schema, value]) =>
  checking(async ({ check }) => {
    let isAnswered = false;
    const evil = check(schema, value).finally(() => {
      isAnswered = true;
    });
    const turns = await new Promise<number>((resolve) => {
      let turns = 0;
      const turn = setInterval(() => {
        turns += 1;
        if (!isAnswered) return;
        clearInterval(turn);
        resolve(turns);
      }, 10);
    });
    // The event loop went round while the thread was at it.
    expect(turns).toBeGreaterThan(15);
    expect(await evil).toEqual({ kind: 'unchecked', reason: 'out_of_bounds' });
    expect(await check(mail, {})).toMatchObject({ kind: 'invalid' });
    // It is not tried again.
    expect(await Promise.race([check(schema, value), check(mail, {})])).toEqual({
      kind: 'unchecked',
      reason: 'out_of_bounds',
    });
  }),
);

test.concurrent('a schema that takes all memory of the thread is given up', () =>
  checking(async ({ check }) => {
    // Each item has a problem of its own, and all are collected.
    const schema = {
      type: 'array',
      items: { allOf: Array.from({ length: 20 }, () => ({ not: {} })) },
    };
    const value = Array.from({ length: 900_000 }, () => 1);
    expect(await check(schema, value)).toEqual({ kind: 'unchecked', reason: 'out_of_bounds' });
    expect(await check(mail, {})).toMatchObject({ kind: 'invalid' });
  }));

test.concurrent('what is too large or too deep is not looked at', () =>
  checking(async ({ check }) => {
    let deep: unknown = {};
    for (let depth = 0; depth < 100_000; depth += 1) deep = { not: deep };
    expect(await check(deep, 1)).toEqual({ kind: 'unchecked', reason: 'unusable_schema' });
    expect(await check(mail, deep)).toEqual({ kind: 'unchecked', reason: 'unusable_schema' });
    expect(await check(mail, 'a'.repeat(2_000_001))).toEqual({
      kind: 'unchecked',
      reason: 'too_large',
    });
  }));

test.concurrent('a schema may refer to itself', () =>
  checking(async ({ check }) => {
    const tree = { properties: { child: { $ref: '#' } }, required: ['name'] };
    expect(await check(tree, { name: 'a', child: { name: 'b' } })).toEqual({ kind: 'valid' });
    expect(await check(tree, { name: 'a', child: {} })).toEqual(
      problem('child', "must have required property 'name'"),
    );
  }));

test.concurrent('no schema can spoil the check of another one by its identifiers', () =>
  checking(async ({ check }) => {
    const text = { type: 'string' };
    for (const $id of [
      'http://json-schema.org/draft-07/schema',
      'https://json-schema.org/draft/2020-12/schema',
      'http://a.example/same',
    ]) {
      const $schema = 'https://json-schema.org/draft/2020-12/schema';
      for (const schema of [{ $id }, { $id, $schema }, { properties: { it: { $id, ...text } } }]) {
        await check({ ...schema, minProperties: 1 }, {});
      }
      const missing = problem('', "must have required property 'to'");
      expect(await check({ required: ['to'], title: $id }, {})).toEqual(missing);
      expect(await check({ required: ['to'], title: $id, $schema }, {})).toEqual(missing);
      const inner = { properties: { it: { $id, type: 'number' } } };
      expect(await check(inner, { it: '' })).toEqual(problem('it', 'must be number'));
    }
  }));

test.concurrent('a schema that wants to be checked asynchronously is checked like any other', () =>
  checking(async ({ check }) => {
    expect(await check({ $async: true, required: ['to'] }, {})).toEqual(
      problem('', "must have required property 'to'"),
    );
    const inner = { $ref: '#/$defs/it', $defs: { it: { $async: true, required: ['to'] } } };
    expect(await check(inner, {})).not.toEqual({ kind: 'valid' });
  }));

test('checks that are open when the checker is closed end unchecked', async () => {
  const checker = createSchemaChecker();
  const open = [checker.check(mail, {}), checker.check(mail, {})];
  await checker.close();
  const unchecked = { kind: 'unchecked', reason: 'out_of_bounds' };
  expect(await Promise.all([...open, checker.check(mail, {})])).toEqual([
    unchecked,
    unchecked,
    unchecked,
  ]);
});
