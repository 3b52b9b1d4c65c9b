import { request } from 'node:http';
import type { JobList, Problem } from '@pawl/contracts';
import { testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { apiClient } from './harness/api-client.ts';
import { completeJob } from './harness/drive-job.ts';
import { startTestGateway, type TestGateway } from './harness/start-test-gateway.ts';

const redis = testRedis();
let gateways = 0;

/** Each test brings keys of its own. */
async function newGateway(): Promise<TestGateway> {
  gateways += 1;
  return startTestGateway(redis, { partition: String(gateways) });
}

const bearer = (key: string) => ({ Authorization: `Bearer ${key}` });

/** `fetch` sets Host itself. */
async function statusFor(url: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    request(`${url}/v1/jobs`, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .once('error', reject)
      .end();
  });
}

test('without any key, requests of this machine are the default tenant’s', async () => {
  const gateway = await newGateway();
  const { body } = await apiClient(gateway.url).post('/v1/jobs', { prompt: 'a' });
  expect((await gateway.store.readJob(body.id))?.tenant).toBe('default');
});

test.each([
  ['another name that points here', { Host: 'evil.example' }, 401],
  ['a page of another host', { Origin: 'https://evil.example' }, 401],
  ['a page without an origin', { Origin: 'null' }, 401],
  ['a proxy', { 'X-Forwarded-For': '203.0.113.9' }, 401],
  ['a proxy of another name', { 'X-Forwarded-Host': 'pawl.example.com' }, 401],
  ['a proxy by the standard', { Forwarded: 'for=203.0.113.9' }, 401],
  ['a proxy that tells an address only', { 'X-Real-IP': '203.0.113.9' }, 401],
  ['another port', { Host: 'localhost:1' }, 401],
  ['localhost', { Host: 'localhost:PORT' }, 200],
  ['IPv6', { Host: '[::1]:PORT' }, 200],
  ['a page of another port of this machine', { Origin: 'http://localhost:5173' }, 401],
  ['a page of this site', { 'Sec-Fetch-Site': 'same-site' }, 401],
])('without any key, a request from %s is answered accordingly', async (_what, headers, status) => {
  const gateway = await newGateway();
  const { port } = new URL(gateway.url);
  const entries = Object.entries(headers).map(([name, value]) => [
    name,
    value.replace('PORT', port),
  ]);
  expect(await statusFor(gateway.url, Object.fromEntries(entries))).toBe(status);
});

test('a request that came by a proxy is told why it is refused, and needs only a key', async () => {
  const gateway = await newGateway();
  const forwarded = { 'X-Forwarded-For': '203.0.113.9' };
  const refused = await apiClient(gateway.url, forwarded).get<Problem>('/v1/jobs');
  expect(refused.body.detail).toContain('x-forwarded-for');
  const { key } = await gateway.store.createApiKey({ tenant: 'acme', name: 'test' });
  const api = apiClient(gateway.url, { ...forwarded, ...bearer(key) });
  expect((await api.get('/v1/jobs')).status).toBe(200);
});

test('where others can reach the gateway, a key is needed even while there is none', async () => {
  const gateway = await startTestGateway(redis, {
    partition: 'closed',
    settings: { allowsKeyless: false },
  });
  expect((await apiClient(gateway.url).get('/v1/jobs')).status).toBe(401);
});

test('once there is a key, every request needs one', async () => {
  const gateway = await newGateway();
  const open = apiClient(gateway.url);
  expect((await open.get('/v1/jobs')).status).toBe(200);
  const { id, key } = await gateway.store.createApiKey({ tenant: 'acme', name: 'test' });
  const without = await open.get<Problem>('/v1/jobs');
  expect(without.status).toBe(401);
  expect(without.body.code).toBe('unauthorized');
  expect(without.headers.get('www-authenticate')).toBe('Bearer');
  expect((await open.get('/v1/jobs', bearer(key))).status).toBe(200);
  await gateway.store.revokeApiKey(id);
  expect((await open.get('/v1/jobs', bearer(key))).status).toBe(401);
});

test('revoking the last key opens the gateway to nobody', async () => {
  const gateway = await newGateway();
  const { id } = await gateway.store.createApiKey({ tenant: 'acme', name: 'test' });
  await gateway.store.revokeApiKey(id);
  expect((await apiClient(gateway.url).get('/v1/jobs')).status).toBe(401);
});

test.each([
  '',
  'Bearer',
  'Bearer wrong',
  'Basic dXNlcjpwYXNz',
  `Bearer pawl_${'a'.repeat(10)}_${'b'.repeat(32)}`,
])('the credentials "%s" are refused', async (authorization) => {
  const gateway = await newGateway();
  await gateway.store.createApiKey({ tenant: 'acme', name: 'test' });
  const { status, body } = await apiClient(gateway.url).get<Problem>('/v1/jobs', {
    Authorization: authorization,
  });
  expect(status).toBe(401);
  expect(body.code).toBe('unauthorized');
  expect(gateway.logged.join('')).not.toContain('b'.repeat(32));
});

test('what belongs to another tenant does not exist', async () => {
  const gateway = await newGateway();
  const { key: ours } = await gateway.store.createApiKey({ tenant: 'acme', name: 'ours' });
  const { key: theirs } = await gateway.store.createApiKey({ tenant: 'evil', name: 'theirs' });
  const api = apiClient(gateway.url, bearer(ours));
  const other = apiClient(gateway.url, bearer(theirs));
  const { body: job } = await api.post('/v1/jobs', { prompt: 'a', user: 'alice' });
  await completeJob(gateway.engine, job.id, 'Done.');

  const { conversation } = job;
  const answers = await Promise.all([
    other.get(`/v1/jobs/${job.id}`),
    other.get(`/v1/jobs/${job.id}?wait=1`),
    other.get(`/v1/jobs/${job.id}/steps`),
    other.post(`/v1/jobs/${job.id}/cancel`),
    other.get(`/v1/conversations/${conversation}/messages`),
    other.get(`/v1/jobs?conversation=${conversation}`),
    other.post('/v1/jobs', { prompt: 'b', conversation }),
  ]);
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 7 }, () => 404));
  expect((await other.get<JobList>('/v1/jobs')).body.data).toEqual([]);
  expect((await other.get<JobList>('/v1/jobs?user=alice')).body.data).toEqual([]);
  expect((await api.get<JobList>('/v1/jobs?user=alice')).body.data).toHaveLength(1);
});

test('tenants have Idempotency-Keys of their own', async () => {
  const gateway = await newGateway();
  const { key: ours } = await gateway.store.createApiKey({ tenant: 'acme', name: 'ours' });
  const { key: theirs } = await gateway.store.createApiKey({ tenant: 'evil', name: 'theirs' });
  const headers = { 'Idempotency-Key': 'shared' };
  const one = await apiClient(gateway.url, bearer(ours)).post('/v1/jobs', { prompt: 'a' }, headers);
  const two = await apiClient(gateway.url, bearer(theirs)).post(
    '/v1/jobs',
    { prompt: 'a' },
    headers,
  );
  expect([one.status, two.status]).toEqual([202, 202]);
  expect(two.body.id).not.toBe(one.body.id);
});
