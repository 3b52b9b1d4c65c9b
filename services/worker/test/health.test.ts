import { execFile } from 'node:child_process';
import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';
import { createStore } from '@pawl/store';
import { testRedis } from '@pawl/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

/** The built program always uses the name space `pawl`: a database of its own keeps these tests apart. */
const database = 12;
const run = testRedis({ oneServer: true });
const redis = run.connect();
// One shard, as the built program has that is given no number.
const store = createStore({ redis, subscriber: redis, shards: 1, retention: { jobs: { age: 0 } } });

beforeAll(() => redis.select(database));
beforeEach(() => redis.flushdb());
afterAll(() => redis.flushdb());

async function checkHealth(redisUrl = new URL(`/${database}`, run.url).href) {
  const program = fileURLToPath(new URL('../dist/health.js', import.meta.url));
  const env = { PATH: process.env['PATH'], REDIS_URL: redisUrl };
  return await new Promise<{ code: unknown; stderr: string }>((resolve) => {
    execFile(process.execPath, [program], { env }, (error, _stdout, stderr) => {
      resolve({ code: error === null ? 0 : error.code, stderr });
    });
  });
}

test('a machine whose worker has just said that it lives is healthy', async () => {
  // However long it takes to ask.
  await store.announceWorker(`${hostname()}:a`, Date.now() + 600_000);
  expect(await checkHealth()).toEqual({ code: 0, stderr: '' });
});

test('a machine whose worker says nothing is not, whoever else lives', async () => {
  await store.announceWorker(`${hostname()}:a`, Date.now() - 16_000);
  await store.announceWorker('elsewhere:b', Date.now());
  const { code, stderr } = await checkHealth();
  expect(code).toBe(1);
  expect(stderr).toContain('has not been heard of for 15 s');
});

test('without Redis nobody can tell', async () => {
  const { code, stderr } = await checkHealth('redis://127.0.0.1:9');
  expect(code).toBe(1);
  expect(stderr).toContain('Check REDIS_URL');
});
