import { expect, test } from 'vitest';
import { findFreePort } from '../src/index.ts';
import { waitForRedis } from '../src/wait-for-redis.ts';

const patient = { say: () => undefined, signal: new AbortController().signal };

test('a Redis that is not there is a sentence about REDIS_URL', async () => {
  const url = `redis://127.0.0.1:${await findFreePort()}`;
  await expect(waitForRedis(url, { ...patient, timeoutMilliseconds: 200 })).rejects.toThrow(
    /^Redis did not answer within 0\.2 s \(.*ECONNREFUSED.*\)\. Check REDIS_URL/,
  );
});

test('who is told to stop does not wait', async () => {
  const url = `redis://127.0.0.1:${await findFreePort()}`;
  const signal = AbortSignal.abort(new Error('Stopped by SIGINT.'));
  await expect(
    waitForRedis(url, { ...patient, signal, timeoutMilliseconds: 600_000 }),
  ).rejects.toThrow('Stopped by SIGINT.');
});
