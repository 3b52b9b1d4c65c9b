import { pino } from 'pino';
import { expect, test } from 'vitest';
import { closeInOrder } from './close-in-order.ts';

const settings = { logger: pino({ level: 'silent' }), timeLimitMilliseconds: 20 };

test('closes one part after the other', async () => {
  const closed: string[] = [];
  const part = (name: string) => ({
    name,
    close: async () => {
      await Promise.resolve();
      closed.push(name);
    },
  });
  const outcome = await closeInOrder([part('server'), part('worker'), part('redis')], settings);
  expect(outcome).toEqual({ kind: 'closed' });
  expect(closed).toEqual(['server', 'worker', 'redis']);
});

test('closes the rest when a part fails, and names the part', async () => {
  const closed: string[] = [];
  const outcome = await closeInOrder(
    [
      { name: 'server', close: () => Promise.reject(new Error('in use')) },
      { name: 'redis', close: () => closed.push('redis') },
    ],
    settings,
  );
  expect(outcome).toEqual({ kind: 'failed', names: ['server'] });
  expect(closed).toEqual(['redis']);
});

test('names the part that hangs when the time is up', async () => {
  const outcome = await closeInOrder(
    [{ name: 'worker', close: () => new Promise(() => undefined) }],
    settings,
  );
  expect(outcome).toEqual({ kind: 'timed_out', name: 'worker' });
});
