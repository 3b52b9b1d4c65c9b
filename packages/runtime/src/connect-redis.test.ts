import { expect, test } from 'vitest';
import { reconnectDelay } from './connect-redis.ts';

test('doubles the pause between attempts up to two seconds', () => {
  const delays = [1, 2, 3, 4, 5, 6, 1_000].map((attempt) => reconnectDelay(attempt, () => 1));
  expect(delays).toEqual([100, 200, 400, 800, 1_600, 2_000, 2_000]);
});

test('takes off up to a quarter at random', () => {
  expect(reconnectDelay(6, () => 0)).toBe(1_500);
});
