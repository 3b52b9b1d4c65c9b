import type { ApiKeyScope, Problem } from '@pawl/contracts';
import { createKeys } from '@pawl/store';
import { testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { operations } from '../src/api/operations.ts';
import { apiClient } from './harness/api-client.ts';
import { startTestGateway } from './harness/start-test-gateway.ts';

const redis = testRedis();
let now = Date.UTC(2026, 10, 26);
const gateway = await startTestGateway(redis, { clock: () => now });
const { store } = gateway;

async function clientWith(key: Partial<Parameters<typeof store.createApiKey>[0]>) {
  const made = await store.createApiKey({ tenant: 'default', name: 'test', ...key });
  return { ...made, api: apiClient(gateway.url, { Authorization: `Bearer ${made.key}` }) };
}

const named = Object.entries(operations);

test.each<ApiKeyScope>(['jobs:read', 'jobs:write', 'approvals'])(
  'a key with the scope %s alone reaches what needs it, and is told the scope that it lacks elsewhere',
  async (scope) => {
    const { api } = await clientWith({ scopes: [scope] });
    const answers = await Promise.all(
      named.map(async ([name, operation]) => {
        const path = operation.path.replace('{id}', 'nothing').replace('{connection}', 'gmail');
        const method = operation.method.toUpperCase();
        // No stream begins, and nothing is made: nobody knows this field.
        const answer = await api.send<Problem>(`${path}?unknown=1`, { method });
        return { name, operation, answer };
      }),
    );
    for (const { name, operation, answer } of answers) {
      const isRefused = answer.body.code === 'scope_missing';
      expect({ name, isRefused }).toEqual({ name, isRefused: operation.scope !== scope });
      if (!isRefused) continue;
      expect(answer.status).toBe(403);
      expect(answer.body.detail).toContain(operation.scope);
      expect(answer.headers.get('www-authenticate')).toContain(`scope="${operation.scope}"`);
    }
  },
);

test('a key that was made without naming scopes has all of them, and so has an admin’s', async () => {
  const [all, admin] = await Promise.all([clientWith({}), clientWith({ scopes: ['admin'] })]);
  for (const { api } of [all, admin]) {
    expect((await api.post('/v1/jobs', { prompt: 'a' })).status).toBe(202);
    expect((await api.get('/v1/approvals')).status).toBe(200);
    expect((await api.send('/v1/limits', { method: 'PUT' })).status).toBe(415);
  }
});

test('a key from before there were scopes has all of them', async () => {
  const { id, api } = await clientWith({ scopes: ['approvals'] });
  expect((await api.get('/v1/jobs')).status).toBe(403);
  const hash = createKeys(redis.namespace).apiKeys();
  const { scopes: _, ...former } = JSON.parse((await redis.redis.hget(hash, id)) ?? '{}');
  await redis.redis.hset(hash, id, JSON.stringify(former));
  expect((await api.get('/v1/jobs')).status).toBe(200);
  expect((await api.post('/v1/jobs', { prompt: 'a' })).status).toBe(202);
});

test('a key is good until it expires', async () => {
  const { api } = await clientWith({ expiresAt: now + 1 });
  expect((await api.get('/v1/jobs')).status).toBe(200);
  now += 1;
  const { status, body } = await api.get<Problem>('/v1/jobs');
  expect([status, body.code]).toEqual([401, 'unauthorized']);
  expect(body.detail).toContain('expired at 2026-11-26T00:00:00.001Z');
});

test('a key that has made its requests is told when to come again; another one is not touched', async () => {
  const [slow, other] = await Promise.all([
    clientWith({ requestsPerMinute: 3 }),
    clientWith({ requestsPerMinute: 3 }),
  ]);
  const answers = await Promise.all(Array.from({ length: 5 }, () => slow.api.get('/v1/jobs')));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(2);
  const { headers, body } = await slow.api.get<Problem>('/v1/jobs');
  expect(body.code).toBe('too_many_requests');
  const seconds = Number(headers.get('retry-after'));
  expect(seconds).toBeGreaterThanOrEqual(1);
  expect(seconds).toBeLessThanOrEqual(20);
  expect((await other.api.get('/v1/jobs')).status).toBe(200);
});

test('a key has its requests again after a time that its rate says', async () => {
  const { id, api } = await clientWith({ requestsPerMinute: 600 });
  const key = createKeys(redis.namespace).apiKeyRequests(id);
  const [seconds] = await redis.redis.time();
  await redis.redis.set(key, String((Number(seconds) + 3_600) * 1_000_000));
  expect((await api.get('/v1/jobs')).status).toBe(429);
  await redis.redis.set(key, String((Number(seconds) - 3_600) * 1_000_000));
  expect((await api.get('/v1/jobs')).status).toBe(200);
  expect(await redis.redis.pttl(key)).toBeLessThanOrEqual(100);
});
