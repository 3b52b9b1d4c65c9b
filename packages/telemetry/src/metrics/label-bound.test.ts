import { expect, test } from 'vitest';
import { createLabelBound } from './label-bound.ts';

test('a label has no more values than it may have: the others share one', () => {
  const bound = createLabelBound(2);
  expect(['a', 'b', 'c', 'a'].map((value) => bound('tool', value))).toEqual([
    'a',
    'b',
    'other',
    'a',
  ]);
  expect(bound('model', 'c')).toBe('c');
});

test('a value is no longer than 200 characters', () => {
  const bound = createLabelBound(5);
  expect(bound('tool', 'x'.repeat(1_000))).toHaveLength(200);
  expect(bound('tool', 'x'.repeat(1_000))).toHaveLength(200);
});
