import { expect, test } from 'vitest';
import { silenceOf } from './connect-redis.ts';
import { reconnectAfterFailover, reconnectDelay } from './open-connection.ts';

test('doubles the pause between attempts up to two seconds', () => {
  const delays = [1, 2, 3, 4, 5, 6, 1_000].map((attempt) => reconnectDelay(attempt, () => 1));
  expect(delays).toEqual([100, 200, 400, 800, 1_600, 2_000, 2_000]);
});

test('takes off up to a quarter at random', () => {
  expect(reconnectDelay(6, () => 0)).toBe(1_500);
});

test('a refused write is sent again over a new connection, but not again and again', () => {
  let now = 0;
  const decide = reconnectAfterFailover(() => now);
  const refused = new Error('READONLY You can’t write against a read only replica.');
  expect(decide(new Error('OOM command not allowed'))).toBe(false);
  expect([decide(refused), decide(refused)]).toEqual([2, false]);
  now += 5_000;
  expect(decide(refused)).toBe(2);
});

test('a connection that BullMQ may block for ten seconds is given longer than that', () => {
  expect(silenceOf.worker).toBeGreaterThan(10_000);
});
