import { connectRedis } from '@pawl/runtime';
import { startRefusingRedis, waitFor } from '@pawl/testing';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { apiClient } from './harness/api-client.ts';
import { startTestGateway } from './harness/start-test-gateway.ts';

// Readiness tries a write, and says in words what keeps Redis from taking it.
const redis = await startRefusingRedis();
afterAll(() => redis.remove());
const gateway = await startTestGateway({ url: redis.url, namespace: 'causes' });
const api = apiClient(gateway.url);
const owner = connectRedis(redis.url, 'worker');
afterAll(() => owner.disconnect());

interface Readiness {
  status: string;
  problems: string[];
}

const readiness = async () => (await api.get<Readiness>('/readyz')).body;
const isReady = () => waitFor(async () => (await readiness()).status === 'ready');

beforeAll(async () => {
  // Long after the tests.
  await gateway.store.announceWorker('worker', Date.now() + 3_600_000);
  await isReady();
});
afterEach(() => redis.heal());

test.each([
  ['OOM', 'memory'],
  ['MISCONF', 'it cannot write to its disk'],
  ['NOREPLICAS', 'fewer replicas are connected than min-replicas-to-write asks for'],
  ['READONLY', 'is a read-only replica'],
  ['NOPERM', 'lacks rights'],
  ['WRONGPASS', 'Redis does not'],
] as const)('while Redis says %s, it is not ready, since %s', async (way, cause) => {
  await redis.refuse(way);
  const { problems } = await waitFor(async () => {
    const found = await readiness();
    return found.status === 'not_ready' && found;
  });
  expect(problems.join(' ')).toContain(cause);
  expect(problems.join(' ')).not.toContain('No worker has been seen');
  await redis.heal();
  await isReady();
});

test('that Redis was emptied is noticed and said, while new jobs are accepted', async () => {
  await owner.flushall();
  await gateway.store.announceWorker('worker', Date.now() + 3_600_000);
  const { problems } = await waitFor(async () => {
    const found = await readiness();
    return found.status === 'degraded' && found;
  });
  expect(problems.join()).toContain('Redis was emptied or replaced');
  expect((await api.post('/v1/jobs', { prompt: 'Work' })).status).toBe(202);
  expect(await owner.get('{causes:0}:shards')).toBe(String(gateway.store.shards));
});
