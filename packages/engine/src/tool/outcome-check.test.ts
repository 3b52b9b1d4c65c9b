import { describe, expect, test } from 'vitest';
import { type Condition, lookUp, type OutcomeCheck, proofIn } from './outcome-check.ts';

const after = Date.parse('2026-05-01T10:00:00.700Z');

function checkWith(where: readonly Condition[], parts: Partial<OutcomeCheck> = {}): OutcomeCheck {
  return {
    tool: 'send',
    look: { tool: 'list', arguments: {} },
    found: { in: ['/items'], where },
    wait_seconds: 0,
    absent_means_not_done: false,
    ...parts,
  };
}

describe('what is looked with', () => {
  test('is made of the arguments and the time of the call, and of nothing else', () => {
    const template = {
      query: 'in:sent to:{/to} after:{since.seconds}',
      since: '{since}',
      number: '{/number}',
      each: ['{/labels}', '{/none}'],
      cc: '{/cc}',
      text: 'a {/cc}',
      escaped: '{/a~1b}',
      plain: '{other} ${x}',
    };
    const check = checkWith([], { look: { tool: 'list', arguments: template } });
    const input = { to: 'a@example.com', number: 7, labels: ['x'], 'a/b': 'c' };
    expect(lookUp(check, { arguments: input, after })).toEqual({
      query: 'in:sent to:a@example.com after:1777629600',
      since: '2026-05-01T10:00:00.700Z',
      number: 7,
      each: [['x']],
      escaped: 'c',
      plain: '{other} ${x}',
    });
  });

  test('an argument that looks like a template is none', () => {
    const check = checkWith([], { look: { tool: 'list', arguments: { q: 'x {/to}' } } });
    expect(lookUp(check, { arguments: { to: '{/secret}', secret: 's' }, after })).toEqual({
      q: 'x {/secret}',
    });
  });
});

test.each<[string, Condition, unknown, boolean]>([
  ['the same text', { at: ['/a'], equals: '{/text}' }, { a: 'Hello  there\r\n' }, true],
  ['another text', { at: ['/a'], equals: '{/text}' }, { a: 'Hello' }, false],
  ['nothing there', { at: ['/a'], equals: '{/text}' }, {}, false],
  ['no such argument', { at: ['/a'], equals: '{/none}' }, { a: '' }, false],
  ['one that may be absent', { at: ['/a'], equals: '{/none}', optional: true }, { a: 'x' }, true],
  ['a number as text', { at: ['/a'], equals: '{/number}' }, { a: '7' }, true],
  ['the first that there is', { at: ['/b', '/a'], equals: '{/number}' }, { a: 7 }, true],
  ['a part', { at: ['/a'], contains: '{/to}' }, { a: 'Ann <ANN@example.com>' }, true],
  ['no part', { at: ['/a'], contains: '{/to}' }, { a: 'bob@example.com' }, false],
  ['a shortened text', { at: ['/a'], begins_like: '{/text}' }, { a: 'Hello' }, true],
  ['an empty text', { at: ['/a'], begins_like: '{/text}' }, { a: '' }, false],
  [
    'all of a list',
    { at: ['/l/*/n'], includes: '{/labels}' },
    { l: [{ n: 'x' }, { n: 'y' }] },
    true,
  ],
  ['not all of a list', { at: ['/l/*/n'], includes: '{/labels}' }, { l: [{ n: 'y' }] }, false],
  ['none of a list', { at: ['/l'], excludes: '{/labels}' }, { l: ['y'] }, true],
  ['one of a list', { at: ['/l'], excludes: '{/labels}' }, { l: ['x'] }, false],
  [
    'a date in the second of the call',
    { at: ['/t'], since_call: true },
    { t: '2026-05-01T10:00:00Z' },
    true,
  ],
  ['a date before it', { at: ['/t'], since_call: true }, { t: '2026-05-01T09:59:59.9Z' }, false],
  ['seconds', { at: ['/t'], since_call: true }, { t: '1777629601.000200' }, true],
  ['milliseconds', { at: ['/t'], since_call: true }, { t: 1_777_629_599_000 }, false],
  ['no time', { at: ['/t'], since_call: true }, { t: 'soon' }, false],
  ['null', { at: ['/t'], since_call: true }, null, false],
])('%s', (_name, condition, item, isProof) => {
  const input = { text: 'Hello there', number: 7, to: 'ann@example.com', labels: ['x'] };
  const answer = { items: [item as never] };
  const { matches, seen } = proofIn(checkWith([condition]), { arguments: input, after }, answer);
  expect(matches).toHaveLength(isProof ? 1 : 0);
  expect(seen).toBe(1);
});

test('all conditions hold of the same thing', () => {
  const check = checkWith([
    { at: ['/a'], equals: 1 },
    { at: ['/b'], equals: 2 },
  ]);
  const items = [
    { a: 1, b: 1 },
    { a: 2, b: 2 },
  ];
  const call = { arguments: {}, after };
  expect(proofIn(check, call, { items })).toEqual({ matches: [], seen: 2 });
  expect(proofIn(check, call, { items: [...items, { a: 1, b: 2 }] }).matches).toHaveLength(1);
  expect(proofIn(check, call, { other: items }).seen).toBe(0);
});

test('where nothing is listed, the answer itself is looked at', () => {
  const check = checkWith([{ at: ['/id'], equals: 1 }], {
    found: { in: ['/items', ''], where: [{ at: ['/id'], equals: 1 }] },
  });
  const call = { arguments: {}, after };
  expect(proofIn(check, call, { id: 1 }).matches).toEqual([{ id: 1 }]);
  expect(proofIn(check, call, [{ id: 1 }]).matches).toEqual([{ id: 1 }]);
  expect(proofIn(check, call, 'text').matches).toEqual([]);
});
