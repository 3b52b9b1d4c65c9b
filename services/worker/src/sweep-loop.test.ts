import { expect, test } from 'vitest';
import { sweepWithLease } from './sweep-loop.ts';

const interval = 4_000;

test('a worker that has the lease sweeps, and rests for an interval', async () => {
  const sweeps: string[] = [];
  const store = { takeSweepLease: async () => ({ kind: 'taken' }) as const };
  const sweep = async () => void sweeps.push('swept');
  expect(await sweepWithLease({ engine: { store }, workerId: 'one', interval }, 0, sweep)).toBe(
    interval,
  );
  expect(sweeps).toEqual(['swept']);
});

test('a worker that is refused is there when the lease runs out, should its holder have died', async () => {
  const store = { takeSweepLease: async () => ({ kind: 'held', milliseconds: 100 }) as const };
  const rest = await sweepWithLease({ engine: { store }, workerId: 'one', interval }, 0, () =>
    Promise.reject(new Error('somebody else sweeps')),
  );
  expect(rest).toBeGreaterThan(100);
  expect(rest).toBeLessThan(interval / 4);
});
