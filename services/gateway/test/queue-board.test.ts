import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { ApiKeyScope, Problem } from '@pawl/contracts';
import { testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { apiClient } from './harness/api-client.ts';
import { startTestGateway, type TestGateway } from './harness/start-test-gateway.ts';

const redis = testRedis();
let gateways = 0;

interface BoardQueue {
  readonly name: string;
  readonly isPaused: boolean;
  readonly readOnlyMode: boolean;
  readonly jobs: readonly { readonly id: string; readonly data: Record<string, unknown> }[];
  readonly counts: Readonly<Record<string, number>>;
}

/** Each test brings keys of its own. */
async function newGateway(settings: { boardWrites?: boolean; shards?: number } = {}) {
  gateways += 1;
  const { boardWrites = false, shards = 1 } = settings;
  return startTestGateway(redis, {
    partition: String(gateways),
    shards,
    settings: { boardWrites },
  });
}

async function newKey(
  { store }: TestGateway,
  { tenant = 'default', scopes }: { tenant?: string; scopes?: readonly ApiKeyScope[] } = {},
): Promise<string> {
  return (await store.createApiKey({ tenant, name: 'operator', scopes })).key;
}

const bearer = (key: string) => ({ Authorization: `Bearer ${key}` });
const basic = (key: string) => ({
  Authorization: `Basic ${Buffer.from(`anybody:${key}`).toString('base64')}`,
});

async function statusOf(url: string, headers: Record<string, string>): Promise<number> {
  return (await fetch(url, { headers })).status;
}

/** A job that starts later: its task stands on the queue of turns, whether there are workers or not. */
async function delayedJob(gateway: TestGateway, key: string): Promise<string> {
  const job = { prompt: 'a secret of Ada', user: 'ada@example.com', delay_seconds: 3_600 };
  const answer = await apiClient(gateway.url, bearer(key)).post<{ id: string }>('/v1/jobs', job);
  return answer.body.id;
}

async function turnsOf(gateway: TestGateway, key: string): Promise<BoardQueue | undefined> {
  const path = '/admin/queues/api/queues?activeQueue=turns&status=delayed&page=1&jobsPerPage=10';
  const api = apiClient(gateway.url, bearer(key));
  const { body } = await api.get<{ queues: readonly BoardQueue[] }>(path);
  return body.queues.find(({ name }) => name === 'turns');
}

test('the board is for admin keys of the operator: without one it asks for it, with another it refuses', async () => {
  const gateway = await newGateway();
  const url = `${gateway.url}/admin/queues`;
  const admin = await newKey(gateway, { scopes: ['admin'] });
  const unasked = await fetch(url);
  expect(unasked.status).toBe(401);
  expect(unasked.headers.get('WWW-Authenticate')).toMatch(/^Basic realm=/);
  for (const path of ['', '/api/queues', '/static/js/nothing.js', '/queue/turns']) {
    expect(await statusOf(`${url}${path}`, {})).toBe(401);
  }
  expect(await statusOf(url, bearer('pawl_wrong'))).toBe(401);
  expect(await statusOf(url, basic('pawl_wrong'))).toBe(401);
  expect(await statusOf(url, { Authorization: 'Basic !' })).toBe(401);
  const reader = await newKey(gateway, { scopes: ['jobs:read', 'jobs:write', 'approvals'] });
  expect(await statusOf(url, bearer(reader))).toBe(403);
  expect(await statusOf(url, basic(reader))).toBe(403);
  const foreignAdmin = await newKey(gateway, { tenant: 'acme', scopes: ['admin'] });
  const refused = await apiClient(gateway.url, bearer(foreignAdmin)).get<Problem>('/admin/queues');
  expect([refused.status, refused.body.code]).toEqual([403, 'operators_only']);
  expect(await statusOf(url, bearer(admin))).toBe(200);
  expect(await statusOf(url, basic(admin))).toBe(200);
});

test('what a browser sends along by itself opens the board for its own pages and for whoever types the address', async () => {
  const gateway = await newGateway();
  const url = `${gateway.url}/admin/queues`;
  const key = await newKey(gateway);
  const signedIn = await apiClient(gateway.url, { 'Sec-Fetch-Site': 'same-origin' }).post(
    '/session',
    { key },
  );
  const cookie = signedIn.headers.get('set-cookie')?.split(';', 1)[0] ?? '';
  for (const credentials of [basic(key), { Cookie: cookie }]) {
    for (const [site, status] of [
      ['none', 200],
      ['same-origin', 200],
      ['same-site', 401],
      ['cross-site', 401],
    ] as const) {
      const headers = { ...credentials, 'Sec-Fetch-Site': site };
      expect({ site, status: await statusOf(url, headers) }).toEqual({ site, status });
    }
  }
});

test('without API keys the board is for programs and browsers of this machine, and for no page', async () => {
  const gateway = await newGateway();
  const url = `${gateway.url}/admin/queues`;
  expect(await statusOf(url, { 'Sec-Fetch-Site': 'none' })).toBe(200);
  expect(await statusOf(url, { 'Sec-Fetch-Site': 'cross-site' })).toBe(401);
  expect(await statusOf(url, { 'X-Forwarded-For': '10.0.0.1' })).toBe(401);
});

test('it shows the queues of all shards, and of tasks no more than ids', async () => {
  const sharded = await newGateway({ shards: 2 });
  const keyOfSharded = await newKey(sharded);
  const { body } = await apiClient(sharded.url, bearer(keyOfSharded)).get<{
    queues: readonly BoardQueue[];
  }>('/admin/queues/api/queues?page=1&jobsPerPage=10');
  const kinds = ['turns', 'tool-calls', 'webhooks', 'schedules'];
  expect(body.queues.map(({ name }) => name).toSorted()).toEqual(
    [0, 1].flatMap((shard) => kinds.map((kind) => `shard-${shard}.${kind}`)).toSorted(),
  );

  const gateway = await newGateway();
  const key = await newKey(gateway);
  const id = await delayedJob(gateway, key);
  const turns = await turnsOf(gateway, key);
  expect(turns).toMatchObject({ readOnlyMode: true, counts: { delayed: 1 } });
  expect(turns?.jobs.map(({ data }) => data)).toEqual([
    {
      kind: 'turn',
      job: id,
      since: 1,
      ownership: { tenant: 'default', group: expect.stringMatching(/^[\w-]{22}$/), priority: 0 },
    },
  ]);
  const shown = JSON.stringify(turns);
  expect(['secret', 'Ada', 'ada@', key].filter((text) => shown.includes(text))).toEqual([]);
});

/** Every kind of change that the board knows. */
const changes = (task: string) =>
  [
    ['PUT', `turns/${task}/retry/failed`],
    ['PUT', `turns/${task}/clean`],
    ['PUT', `turns/${task}/promote`],
    ['PATCH', `turns/${task}/update-data`],
    ['PUT', 'turns/clean/delayed'],
    ['PUT', 'turns/retry/failed'],
    ['PUT', 'turns/empty'],
    ['PUT', 'turns/obliterate'],
    ['POST', 'turns/add'],
    ['PUT', 'turns/pause'],
    ['PUT', 'pause'],
    ['DELETE', 'turns'],
  ] as const;

const send = ({ url }: TestGateway, secret: string, [method, path]: readonly [string, string]) =>
  fetch(`${url}/admin/queues/api/queues/${path}`, { method, headers: bearer(secret) });

test('nothing can be changed on it, unless that is switched on', async () => {
  const gateway = await newGateway();
  const key = await newKey(gateway);
  await delayedJob(gateway, key);
  const before = await turnsOf(gateway, key);
  for (const change of changes(before?.jobs[0]?.id ?? '')) {
    const answer = await send(gateway, key, change);
    expect([change, answer.status, answer.headers.get('Allow')]).toEqual([
      change,
      405,
      'GET, HEAD',
    ]);
  }
  expect(await turnsOf(gateway, key)).toEqual(before);

  const writable = await newGateway({ boardWrites: true });
  const operator = await newKey(writable);
  const reader = await newKey(writable, { scopes: ['jobs:read'] });
  const pause = ['PUT', 'turns/pause'] as const;
  expect((await send(writable, reader, pause)).status).toBe(403);
  expect(await turnsOf(writable, operator)).toMatchObject({ isPaused: false });
  expect((await send(writable, operator, pause)).status).toBe(200);
  expect(await turnsOf(writable, operator)).toMatchObject({ isPaused: true, readOnlyMode: false });
});

test('what cannot be read is refused as everywhere', async () => {
  const { url } = await newGateway();
  for (const [path, status] of [
    ['api/queues?activeQueue=%25', 400],
    ['api/queues?page=abc', 400],
    ['api/queues?jobsPerPage=1000000000', 400],
    ['queue/%ZZ', 404],
    ['api/queues/nothing/1', 404],
    ['static/%2e%2e/index.ejs', 404],
    ['nothing', 404],
  ] as const) {
    expect([path, await statusOf(`${url}/admin/queues/${path}`, {})]).toEqual([path, status]);
  }
});

const loadsWhat = `
  import { Module } from 'node:module';
  await import(process.argv[1]);
  const loaded = Object.keys(Module._cache).filter((path) => path.includes('bull-board'));
  console.log(JSON.stringify(loaded));
`;

test('a gateway whose board nobody opens has loaded nothing of it', async () => {
  const program = fileURLToPath(new URL('../dist/compose-gateway.js', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--input-type=module',
    '--eval',
    loadsWhat,
    program,
  ]);
  expect(JSON.parse(stdout)).toEqual([]);
});
