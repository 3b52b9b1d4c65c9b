import { expect, test } from 'vitest';
import { isNestedDeeper, isTextNestedDeeper } from './json.ts';

const array = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
const object = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

test.each([
  ['1', 0],
  ['"[[["', 0],
  [String.raw`"\"[["`, 0],
  ['{}', 1],
  ['[{},[]]', 2],
  ['{"a":"}","b":[["]"]]}', 3],
  [array(64), 64],
  [object(64), 64],
])('%s is %i levels deep', (text, depth) => {
  const value: unknown = JSON.parse(text);
  expect([isNestedDeeper(value, depth), isTextNestedDeeper(text, depth)]).toEqual([false, false]);
  if (depth === 0) return;
  expect([isNestedDeeper(value, depth - 1), isTextNestedDeeper(text, depth - 1)]).toEqual([
    true,
    true,
  ]);
});

test('a depth that no stack could hold is told', () => {
  const text = array(200_000);
  expect(isTextNestedDeeper(text, 199_999)).toBe(true);
  expect(isNestedDeeper(JSON.parse(text), 199_999)).toBe(true);
  expect(isNestedDeeper(JSON.parse(text), 200_000)).toBe(false);
});
