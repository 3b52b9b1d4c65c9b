import { expect, test } from 'vitest';
import { elapsed } from './elapsed.ts';

test.each([
  [-5, '0s'],
  [0, '0s'],
  [59_999, '59s'],
  [65_000, '1m 05s'],
  [7_380_000, '2h 03m'],
])('%i ms read as %s', (milliseconds, text) => {
  expect(elapsed(milliseconds)).toBe(text);
});
