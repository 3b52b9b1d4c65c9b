import { createHash } from 'node:crypto';
import type { ApiKeyScope, Problem } from '@pawl/contracts';
import { testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { apiClient } from './harness/api-client.ts';
import { openEvents } from './harness/event-reader.ts';
import { startTestGateway, type TestGateway } from './harness/start-test-gateway.ts';

const redis = testRedis();
let gateways = 0;

/** Each test brings keys of its own. */
async function newGateway(publicUrl?: string): Promise<TestGateway> {
  gateways += 1;
  return startTestGateway(redis, {
    partition: String(gateways),
    ...(publicUrl !== undefined && { publicUrl }),
  });
}

const ownPage = { 'Sec-Fetch-Site': 'same-origin' };

interface Shown {
  readonly tenant: string;
  readonly scopes: readonly string[];
  readonly key: { readonly id: string; readonly name: string } | null;
  readonly expires_at: string | null;
  readonly events_after: string;
}

async function signIn(
  gateway: TestGateway,
  { scopes, expiresAt }: { scopes?: readonly ApiKeyScope[]; expiresAt?: number } = {},
) {
  const { id, key } = await gateway.store.createApiKey({
    tenant: 'acme',
    name: 'dashboard',
    scopes,
    expiresAt,
  });
  const answer = await apiClient(gateway.url, ownPage).post<Shown>('/session', { key });
  const setCookie = answer.headers.get('set-cookie') ?? '';
  const [cookie = ''] = setCookie.split(';', 1);
  return { id, key, answer, setCookie, cookie };
}

test('a browser that gives a key gets a cookie that no script can read, and no other site sends along', async () => {
  const { key, answer, setCookie } = await signIn(await newGateway());
  expect(answer.status).toBe(201);
  expect(answer.body).toMatchObject({ tenant: 'acme', key: { name: 'dashboard' } });
  expect(setCookie).toMatch(/; Path=\/;.*HttpOnly; SameSite=Strict$/);
  expect(setCookie).toContain('Max-Age=43200');
  expect(setCookie).not.toContain('Secure');
  expect(setCookie).not.toContain(key);
});

test('a page that follows the events from where it has signed in misses none', async () => {
  const gateway = await newGateway();
  const { answer, cookie } = await signIn(gateway);
  const headers = { ...ownPage, Cookie: cookie };
  const api = apiClient(gateway.url, headers);
  const { body: first } = await api.post('/v1/jobs', { prompt: 'a' });
  const after = encodeURIComponent(answer.body.events_after);
  const stream = await openEvents(`${gateway.url}/v1/events?after=${after}`, headers);
  const events = await stream.read(({ event }) => event === 'job.queued');
  expect(events.at(-1)?.data).toMatchObject({ job: first.id });
  stream.leave();
  const { body: later } = await api.get<Shown>('/session');
  expect(later.events_after).not.toBe(answer.body.events_after);
});

test('behind https the cookie is sent over https alone, and below the path of the gateway', async () => {
  const gateway = await newGateway('https://agents.example/pawl');
  const { setCookie } = await signIn(gateway);
  expect(setCookie).toMatch(/; Path=\/pawl;.*HttpOnly; Secure; SameSite=Strict$/);
});

test.each([
  ['https://agents.example', /^__Host-pawl_session_\w{8}=/],
  ['https://agents.example/pawl', /^__Secure-pawl_session_\w{8}=/],
])('at %s browsers take the cookie from https alone, and work with it', async (url, name) => {
  const gateway = await newGateway(url);
  const { cookie } = await signIn(gateway);
  expect(cookie).toMatch(name);
  const api = apiClient(gateway.url, { ...ownPage, Cookie: cookie });
  expect((await api.get('/v1/jobs')).status).toBe(200);
  const plain = cookie.replace(/^__(Host|Secure)-/, '');
  const tossed = apiClient(gateway.url, { ...ownPage, Cookie: plain });
  expect((await tossed.get('/v1/jobs')).status).toBe(401);
});

test('who signs in again ends the session that this browser has had', async () => {
  const gateway = await newGateway();
  const { key, cookie } = await signIn(gateway);
  const api = apiClient(gateway.url, { ...ownPage, Cookie: cookie });
  const again = await api.post('/session', { key });
  expect([again.status, (await api.get('/v1/jobs')).status]).toEqual([201, 401]);
});

test('a key has a hundred sessions at most: one more ends the oldest that nobody has ended', async () => {
  const gateway = await newGateway();
  const first = await signIn(gateway);
  const { store } = gateway;
  const session = { key: first.id, createdAt: Date.now() + 1, expiresAt: Date.now() + 60_000 };
  for (let times = 0; times < 150; times += 1) {
    await store.endSession(await store.createSession(session));
  }
  const tokens: string[] = [];
  for (let times = 0; times < 99; times += 1) tokens.push(await store.createSession(session));
  const api = apiClient(gateway.url, { ...ownPage, Cookie: first.cookie });
  expect((await api.get('/v1/jobs')).status).toBe(200);
  tokens.push(await store.createSession({ ...session, createdAt: session.createdAt + 1 }));
  expect((await api.get('/v1/jobs')).status).toBe(401);
  const left = await Promise.all(tokens.map((token) => store.readSession(token)));
  expect(left.every((each) => each?.key === first.id)).toBe(true);
});

test('a cookie is worth what its key is', async () => {
  const gateway = await newGateway();
  const { cookie } = await signIn(gateway, { scopes: ['jobs:read'] });
  const api = apiClient(gateway.url, { ...ownPage, Cookie: cookie });
  expect((await api.get('/v1/jobs')).status).toBe(200);
  const refused = await api.post<Problem>('/v1/jobs', { prompt: 'a' });
  expect([refused.status, refused.body.code]).toEqual([403, 'scope_missing']);
  const { body } = await api.get<Shown>('/session');
  expect(body).toMatchObject({ tenant: 'acme', scopes: ['jobs:read'], key: { name: 'dashboard' } });
  expect(Date.parse(body.expires_at ?? '')).toBeGreaterThan(Date.now());
});

test('Redis holds neither the key nor what the cookie says', async () => {
  const gateway = await newGateway();
  const { key, cookie } = await signIn(gateway);
  const token = cookie.split('=')[1] ?? '';
  const name = `{${redis.namespace}:${gateways}:0}:session:`;
  const found = `${name}${createHash('sha256').update(token).digest('hex')}`;
  expect(await redis.redis.pttl(found)).toBeGreaterThan(43_000_000);
  const stored = await redis.redis.get(found);
  expect(stored).not.toContain(token);
  expect(stored).not.toContain(key);
});

test('a session ends with its key', async () => {
  const gateway = await newGateway();
  const { id, cookie } = await signIn(gateway);
  const api = apiClient(gateway.url, { ...ownPage, Cookie: cookie });
  expect((await api.get('/v1/jobs')).status).toBe(200);
  await gateway.store.revokeApiKey(id);
  const { status, body } = await api.get<Problem>('/v1/jobs');
  expect(status).toBe(401);
  expect(body.detail).toBe('The API key that you signed in with was revoked.');
});

test('a session lasts no longer than its key', async () => {
  const gateway = await newGateway();
  const { setCookie } = await signIn(gateway, { expiresAt: Date.now() + 60_500 });
  expect(Number(/Max-Age=(\d+)/.exec(setCookie)?.[1])).toBeLessThanOrEqual(60);
  const { key } = await gateway.store.createApiKey({
    tenant: 'acme',
    name: 'old',
    expiresAt: Date.now() - 1,
  });
  const late = await apiClient(gateway.url, ownPage).post<Problem>('/session', { key });
  expect([late.status, late.body.code]).toEqual([401, 'unauthorized']);
});

test('signing in is one of the requests that a key may make in a minute', async () => {
  const gateway = await newGateway();
  const { key } = await gateway.store.createApiKey({
    tenant: 'acme',
    name: 'slow',
    requestsPerMinute: 2,
  });
  const api = apiClient(gateway.url, ownPage);
  const statuses = [];
  for (let round = 0; round < 3; round += 1) {
    statuses.push((await api.post('/session', { key })).status);
  }
  expect(statuses).toEqual([201, 201, 429]);
});

test('whoever signs out is out', async () => {
  const gateway = await newGateway();
  const { cookie } = await signIn(gateway);
  const api = apiClient(gateway.url, { ...ownPage, Cookie: cookie });
  const out = await api.send('/session', { method: 'DELETE' });
  expect(out.status).toBe(204);
  expect(out.headers.get('set-cookie')).toContain('Expires=Thu, 01 Jan 1970');
  const { status, body } = await api.get<Problem>('/v1/jobs');
  expect([status, body.detail]).toEqual([401, 'You are not signed in any more: sign in again.']);
});

test.each([
  ['another site', { 'Sec-Fetch-Site': 'cross-site' }],
  ['another port of the host', { 'Sec-Fetch-Site': 'same-site' }],
  ['another port of a host without TLS', { Origin: 'http://127.0.0.1:5173' }],
  ['nowhere, by a link', { 'Sec-Fetch-Site': 'none' }],
])('a request with the cookie that comes from %s is refused', async (_what, headers) => {
  const gateway = await newGateway();
  const { cookie, key } = await signIn(gateway);
  const api = apiClient(gateway.url, { ...headers, Cookie: cookie });
  expect((await api.get('/v1/jobs')).status).toBe(401);
  expect((await api.post('/v1/jobs', { prompt: 'a' })).status).toBe(401);
  expect((await api.post('/session', { key })).status).toBe(401);
  expect((await api.send('/session', { method: 'DELETE' })).status).toBe(401);
});

test('a page of the gateway itself may post without TLS, where browsers say its origin only', async () => {
  const gateway = await newGateway();
  const { cookie } = await signIn(gateway);
  const api = apiClient(gateway.url, { Origin: gateway.url, Cookie: cookie });
  expect((await api.post('/v1/jobs', { prompt: 'a', user: 'alice' })).status).toBe(202);
  // Browsers leave the origin out of reads of their own, and never out of what changes something.
  const silent = apiClient(gateway.url, { Cookie: cookie });
  expect((await silent.get('/v1/jobs')).status).toBe(200);
  expect((await silent.post('/v1/jobs', { prompt: 'a' })).status).toBe(401);
});

test.each(['', 'wrong', `pawl_${'a'.repeat(10)}_${'b'.repeat(32)}`])(
  'the key "%s" signs nobody in, and is not logged',
  async (key) => {
    const gateway = await newGateway();
    await gateway.store.createApiKey({ tenant: 'acme', name: 'test' });
    const answer = await apiClient(gateway.url, ownPage).post('/session', { key });
    expect([400, 401]).toContain(answer.status);
    expect(answer.headers.get('set-cookie')).toBeNull();
    expect(gateway.logged.join('')).not.toContain('b'.repeat(32));
  },
);

test('a made-up cookie is nobody’s', async () => {
  const gateway = await newGateway();
  const { cookie } = await signIn(gateway);
  const [name] = cookie.split('=');
  for (const token of ['', 'x', 'a'.repeat(32), '../../api-keys', 'a'.repeat(4_000)]) {
    const api = apiClient(gateway.url, { ...ownPage, Cookie: `${name}=${token}` });
    expect((await api.get('/v1/jobs')).status).toBe(401);
  }
});

test('without keys on this machine nobody needs to sign in', async () => {
  const gateway = await newGateway();
  const { status, body } = await apiClient(gateway.url, ownPage).get<Shown>('/session');
  expect(status).toBe(200);
  expect(body).toMatchObject({ tenant: 'default', key: null, expires_at: null });
});
