import { expect, test } from 'vitest';
import { defaultRules } from '../rules.ts';
import { backOff } from './back-off.ts';

test.each([
  [1, 0, 500],
  [1, 0.999_999, 1_000],
  [2, 0, 1_000],
  [4, 0, 4_000],
  [20, 0, 30_000],
  [20, 0.999_999, 60_000],
])('after failure %i with random %d it waits %i ms', (attempts, random, milliseconds) => {
  expect(backOff(defaultRules, { attempts, random })).toBe(milliseconds);
});

test('it never comes back before it was asked to', () => {
  expect(backOff(defaultRules, { attempts: 1, random: 0, retryAfter: 90_000 })).toBe(90_000);
});
