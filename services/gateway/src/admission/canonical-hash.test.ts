import { expect, test } from 'vitest';
import { canonicalHash } from './once-under-key.ts';

test('the order of keys does not count, at any depth', () => {
  expect(canonicalHash({ a: 1, b: { c: [1, { d: 2, e: 3 }] } })).toBe(
    canonicalHash({ b: { c: [1, { e: 3, d: 2 }] }, a: 1 }),
  );
});

test.each([
  [{ a: 1 }, { a: 2 }],
  [{ a: 1 }, { b: 1 }],
  [{ a: '1' }, { a: 1 }],
  [{ a: [1, 2] }, { a: [2, 1] }],
  [{ a: [] }, { a: {} }],
  [{}, null],
])('%j and %j differ', (one, other) => {
  expect(canonicalHash(one)).not.toBe(canonicalHash(other));
});
