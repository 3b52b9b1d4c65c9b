import { expect, test } from 'vitest';
import { distributionOf, histogramOf } from './distribution.ts';

test('percentiles are measurements', () => {
  const measurements = [5, 1, 4, 2, 3, 10, 9, 8, 7, 6];
  expect(distributionOf(measurements)).toEqual({
    count: 10,
    fastest: 1,
    median: 5,
    p90: 9,
    slowest: 10,
  });
  expect(distributionOf([7])).toMatchObject({ fastest: 7, median: 7, p90: 7, slowest: 7 });
});

test('a histogram has a bar for every interval that something fell into', () => {
  expect(histogramOf([500, 1_500, 1_999, 4_000], 1_000)).toEqual([
    '0–1 s #',
    '1–2 s ##',
    '4–5 s #',
  ]);
});
