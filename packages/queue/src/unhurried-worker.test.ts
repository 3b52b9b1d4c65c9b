import { expect, test } from 'vitest';
import { restAfter } from './unhurried-worker.ts';

test('the rest doubles with each error in a row, up to five seconds', () => {
  const rests = [1, 2, 3, 4, 5, 6, 1_000].map((errors) => restAfter(errors, () => 1));
  expect(rests).toEqual([250, 500, 1_000, 2_000, 4_000, 5_000, 5_000]);
});

test('a quarter of it is chance', () => {
  expect(restAfter(6, () => 0)).toBe(3_750);
});
