import { expect, onTestFinished, test, vi } from 'vitest';
import { findFreePort } from '../src/index.ts';
import { waitForRedis } from '../src/wait.ts';

const patient = { say: () => undefined, signal: new AbortController().signal };

test('a Redis that is not there is a sentence about REDIS_URL', async () => {
  const url = `redis://127.0.0.1:${await findFreePort()}`;
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const end = waitForRedis(url, { ...patient, timeoutMilliseconds: 5_000 }).catch(String);
  // Besides the two that wait there is a third one, to connect again: it was refused.
  await expect.poll(() => vi.getTimerCount()).toBe(3);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(await end).toMatch(
    /^Error: Redis did not answer within 5 s \(.*ECONNREFUSED.*\)\. Check REDIS_URL/,
  );
});

test('who is told to stop does not wait', async () => {
  const url = `redis://127.0.0.1:${await findFreePort()}`;
  const signal = AbortSignal.abort(new Error('Stopped by SIGINT.'));
  await expect(
    waitForRedis(url, { ...patient, signal, timeoutMilliseconds: 600_000 }),
  ).rejects.toThrow('Stopped by SIGINT.');
});
