import type {
  ApiKeyList,
  ApiKeyResource,
  CreatedApiKey,
  HealthResource,
  Problem,
} from '@pawl/contracts';
import { testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { apiClient } from './harness/api-client.ts';
import { startTestGateway, type TestGateway } from './harness/start-test-gateway.ts';

const redis = testRedis();

async function admin({ url, store }: TestGateway, tenant: string) {
  const { id, key } = await store.createApiKey({ tenant, name: 'admin' });
  return { id, api: apiClient(url, { Authorization: `Bearer ${key}` }) };
}

test('an admin makes keys that work at once, sees them without the keys, and revokes them', async () => {
  const gateway = await startTestGateway(redis, { partition: 'keys' });
  const { api, id } = await admin(gateway, 'acme');
  const made = await api.post<CreatedApiKey>('/v1/keys', {
    name: 'reporting',
    scopes: ['jobs:read', 'jobs:read'],
    expires_at: '2099-01-31T12:00:00+01:00',
    requests_per_minute: 60,
  });
  expect(made.status).toBe(201);
  const { key, ...shown } = made.body;
  expect(shown).toEqual({
    id: expect.any(String),
    object: 'api_key',
    name: 'reporting',
    scopes: ['jobs:read'],
    expires_at: '2099-01-31T11:00:00.000Z',
    requests_per_minute: 60,
    created_at: expect.any(String),
  });
  const { body } = await api.get<ApiKeyList>('/v1/keys');
  expect(body.data.map((each: ApiKeyResource) => each.id)).toEqual([id, shown.id]);
  expect(body.data[1]).toEqual(shown);

  const reporting = apiClient(gateway.url, { Authorization: `Bearer ${key}` });
  expect((await reporting.get('/v1/jobs')).status).toBe(200);
  expect((await reporting.get<Problem>('/v1/keys')).body.code).toBe('scope_missing');
  expect((await api.send(`/v1/keys/${shown.id}`, { method: 'DELETE' })).status).toBe(204);
  expect((await reporting.get('/v1/jobs')).status).toBe(401);
  expect((await api.send(`/v1/keys/${shown.id}`, { method: 'DELETE' })).status).toBe(404);
  expect(gateway.logged.join('')).not.toContain(key);
});

test('keys of another tenant are neither listed nor revoked', async () => {
  const gateway = await startTestGateway(redis, { partition: 'tenants' });
  const ours = await admin(gateway, 'acme');
  const theirs = await admin(gateway, 'evil');
  const { body } = await theirs.api.get<ApiKeyList>('/v1/keys');
  expect(body.data.map((each) => each.id)).toEqual([theirs.id]);
  expect((await theirs.api.send(`/v1/keys/${ours.id}`, { method: 'DELETE' })).status).toBe(404);
  expect((await ours.api.get('/v1/keys')).status).toBe(200);
});

test.each([
  [{}, 'name'],
  [{ name: 'two\nlines' }, 'name'],
  [{ name: 'a', scopes: [] }, 'scopes'],
  [{ name: 'a', scopes: ['everything'] }, 'scopes[0]'],
  [{ name: 'a', expires_at: '2001-01-01T00:00:00Z' }, 'expires_at'],
  [{ name: 'a', requests_per_minute: 0 }, 'requests_per_minute'],
  [{ name: 'a', tenant: 'evil' }, 'tenant'],
])('a key as %j is refused, and none is made', async (request, path) => {
  const gateway = await startTestGateway(redis, {
    partition: `refused-${JSON.stringify(request)}`,
  });
  const { api } = await admin(gateway, 'acme');
  const { status, body } = await api.post<Problem>('/v1/keys', request);
  expect([status, body.errors?.map((each) => each.path)]).toEqual([400, [path]]);
  expect(await gateway.store.listApiKeys()).toHaveLength(1);
});

test('a tenant has 100 keys at most', async () => {
  const gateway = await startTestGateway(redis, { partition: 'many' });
  const { api } = await admin(gateway, 'acme');
  for (let count = 1; count < 100; count += 1) {
    await gateway.store.createApiKey({ tenant: 'acme', name: 'more' });
  }
  const { status, body } = await api.post<Problem>('/v1/keys', { name: 'one too many' });
  expect([status, body.code]).toEqual([409, 'key_limit']);
});

test('the operator sees how the installation stands', async () => {
  const gateway = await startTestGateway(redis, { partition: 'health', shards: 2 });
  const { api } = await admin(gateway, 'default');
  const away = await api.get<HealthResource>('/v1/health');
  expect(away.body).toMatchObject({ status: 'not_ready', workers: [] });
  expect(away.body.problems[0]).toContain('No worker has been seen');

  await gateway.store.announceWorker('host:1', Date.now());
  await gateway.store.noteSwept(0, { part: 'retention', count: 2, at: 1_000 });
  await gateway.store.noteSwept(1, { part: 'retention', count: 3, at: 2_000 });
  await api.post('/v1/jobs', { prompt: 'a' });
  const { status, body } = await api.get<HealthResource>('/v1/health');
  expect(status).toBe(200);
  expect(body).toMatchObject({
    object: 'health',
    status: expect.stringMatching(/^(ready|degraded)$/),
    workers: [{ id: 'host:1', seen_at: expect.any(String) }],
    shards: 2,
    jobs: { by_status: { queued: 1 }, waiting: { account: 0 } },
    redis: {
      version: expect.stringMatching(/^\d+\.\d+/),
      maxmemory_policy: 'noeviction',
      nodes: expect.arrayContaining([
        expect.objectContaining({ memory_used_bytes: expect.any(Number) }),
      ]),
    },
    sweeper: {
      handled: [{ part: 'retention', count: 5, last_at: '1970-01-01T00:00:02.000Z' }],
    },
    quarantined_records: 0,
  });
  // No worker offers slots here, so the turn waits for one.
  expect(body.queues.find(({ name }) => name === 'turns')).toMatchObject({ waiting: 0, parked: 1 });
});

test('another tenant’s admin does not see the installation', async () => {
  const gateway = await startTestGateway(redis, { partition: 'others' });
  const { api } = await admin(gateway, 'acme');
  const { status, body } = await api.get<Problem>('/v1/health');
  expect([status, body.code]).toEqual([403, 'operators_only']);
});
