import type { Agent, AgentList, JobList, Problem, Schedule } from '@pawl/contracts';
import { startSandbox } from '@pawl/sandbox';
import { testRedis } from '@pawl/testing';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { apiClient } from './harness/api-client.ts';
import { startTestGateway } from './harness/start-test-gateway.ts';

const sandbox = await startSandbox({ autoActive: true });
afterAll(() => sandbox.close());
const redis = testRedis();
const gateway = await startTestGateway(redis, { scalekit: sandbox });
const api = apiClient(gateway.url);
const { store } = gateway.engine;

let count = 0;
let name = '';
beforeEach(() => {
  count += 1;
  name = `agent-${count}`;
});

const create = (fields: object = {}) => api.post<Agent>('/v1/agents', { name, ...fields });
const change = <Body = Agent>(fields: object, headers: Record<string, string> = {}) =>
  api.send<Body>(`/v1/agents/${name}`, {
    method: 'PATCH',
    body: JSON.stringify(fields),
    headers: { 'Content-Type': 'application/json', ...headers },
  });
const remove = (headers: Record<string, string> = {}) =>
  api.send<Problem>(`/v1/agents/${name}`, { method: 'DELETE', headers });

test('a job works as its agent, in the version that it was accepted with', async () => {
  const made = await create({ instructions: 'Sort.', limits: { turns: 3 }, metadata: { a: 'b' } });
  expect(made.status).toBe(201);
  expect(made.headers.get('location')).toBe(`/v1/agents/${name}`);
  expect(made.body).toMatchObject({ name, version: '1', source: 'api', instructions: 'Sort.' });

  const { body: job } = await api.post('/v1/jobs', { prompt: 'Hello', agent: name });
  expect(job).toMatchObject({ agent: { name, version: '1' }, metadata: { a: 'b' } });
  expect((await change({ instructions: 'Sort anew.' })).body.version).toBe('2');
  expect((await api.get(`/v1/jobs/${job.id}`)).body.agent).toEqual({ name, version: '1' });
  expect(await store.readRequest(job.id)).toMatchObject({ instructions: 'Sort.' });
  expect(await store.readJob(job.id)).toMatchObject({ limits: { turns: 3 } });

  const later = await api.post('/v1/jobs', { prompt: 'Hello', agent: name, limits: { turns: 9 } });
  expect(later.body.agent).toEqual({ name, version: '2' });
  expect(await store.readJob(later.body.id)).toMatchObject({ limits: { turns: 3 } });

  const listed = await api.get<JobList>(`/v1/jobs?agent=${name}`);
  expect(listed.body.data.map(({ id }) => id)).toEqual([later.body.id, job.id]);
});

test('an agent is changed field by field, and only in the version that the client has seen', async () => {
  await create({ description: 'Sorts.', connections: ['gmail'] });
  const wrong = await change<Problem>({ description: null }, { 'If-Match': '"7"' });
  expect([wrong.status, wrong.body.code]).toEqual([412, 'version_mismatch']);
  expect((await change<Problem>({ version: '7', model: 'a/b' })).status).toBe(412);
  const right = await change({ description: null, model: 'a/b' }, { 'If-Match': '"1"' });
  expect(right.headers.get('etag')).toBe('"2"');
  expect(right.body).toMatchObject({ model: 'a/b', connections: ['gmail'], version: '2' });
  expect(right.body.description).toBeUndefined();

  const all = await Promise.all(
    ['a', 'b', 'c', 'd'].map((value) => change({ metadata: { value } })),
  );
  expect(all.map(({ body }) => body.version).toSorted()).toEqual(['3', '4', '5', '6']);
});

test('a name is used once, and goes on counting when it is deleted and made again', async () => {
  await create();
  const again = await api.post<Problem>('/v1/agents', { name });
  expect([again.status, again.body.code]).toEqual([409, 'agent_exists']);
  expect((await remove()).status).toBe(204);
  expect((await remove()).status).toBe(404);
  expect((await api.get(`/v1/agents/${name}`)).status).toBe(404);
  const job = await api.post<Problem>('/v1/jobs', { prompt: 'Hello', agent: name });
  expect([job.status, job.body.code]).toEqual([400, 'unknown_agent']);
  expect((await create()).body.version).toBe('3');
});

test('what an agent does not allow is refused', async () => {
  await create({ connections: ['gmail'] });
  const body = { prompt: 'Hello', agent: name, connections: ['gmail', 'slack'] };
  const { status, body: problem } = await api.post<Problem>('/v1/jobs', body);
  expect(status).toBe(400);
  expect(problem.errors).toEqual([
    { path: 'connections[1]', message: "is not one of its agent's, which has gmail" },
  ]);
  const unknown = await api.post<Problem>('/v1/agents', { name: 'other', connections: ['fax'] });
  expect(unknown.body.code).toBe('unknown_connection');
});

test('a schedule names an agent, which is kept while it does', async () => {
  await create({ instructions: 'Sort.' });
  const job = { prompt: 'Hello', agent: name };
  const made = await api.post<Schedule>('/v1/schedules', { every_seconds: 3_600, job });
  expect(made.status).toBe(201);
  const refused = await remove();
  expect([refused.status, refused.body.code]).toEqual([409, 'agent_in_use']);

  await change({ instructions: 'Sort anew.' });
  const { body: posted } = await api.post(`/v1/schedules/${made.body.id}/trigger`);
  expect(posted.agent).toEqual({ name, version: '2' });
  expect(await store.readRequest(posted.id)).toMatchObject({ instructions: 'Sort anew.' });

  const to = JSON.stringify({ job: { prompt: 'Hello' } });
  const headers = { 'Content-Type': 'application/json' };
  await api.send(`/v1/schedules/${made.body.id}`, { method: 'PATCH', body: to, headers });
  expect((await remove()).status).toBe(204);
});

test('a schedule whose job does not fit its agent any more goes on with the version before', async () => {
  await create({ connections: ['gmail', 'slack'] });
  const job = { prompt: 'Hello', agent: name, connections: ['slack'] };
  const made = await api.post<Schedule>('/v1/schedules', { every_seconds: 3_600, job });
  await change({ connections: ['gmail'] });
  const { body: posted } = await api.post(`/v1/schedules/${made.body.id}/trigger`);
  expect(posted).toMatchObject({ agent: { name, version: '1' }, connections: ['slack'] });
  const refused = await api.post<Problem>('/v1/jobs', job);
  expect(refused.body.errors?.[0]?.path).toBe('connections[0]');
});

test("the operator's agents come from files, and cannot be changed by requests", async () => {
  const at = Date.now();
  const agent = { name, version: 'abc', source: 'file', createdAt: at, updatedAt: at } as const;
  await store.writeFileAgents([{ ...agent, definition: { instructions: 'From a file.' } }]);
  const { body: list } = await api.get<AgentList>('/v1/agents?limit=1');
  expect(list.data[0]).toMatchObject({ name, source: 'file', version: 'abc' });
  const codes = [
    (await api.post<Problem>('/v1/agents', { name })).body.code,
    (await change<Problem>({ model: 'a/b' })).body.code,
    (await remove()).body.code,
  ];
  expect(codes).toEqual(['agent_from_file', 'agent_from_file', 'agent_from_file']);
  const { body: job } = await api.post('/v1/jobs', { prompt: 'Hello', agent: name });
  expect(job.agent).toEqual({ name, version: 'abc' });
  await store.writeFileAgents([]);
  expect((await api.get(`/v1/agents/${name}`)).status).toBe(404);
});

test("a tenant's agents are its own", async () => {
  const own = await startTestGateway(redis, { partition: 'tenants' });
  const client = async (tenant: string) => {
    const { key } = await own.store.createApiKey({ tenant, name: tenant });
    return apiClient(own.url, { Authorization: `Bearer ${key}` });
  };
  const [one, other] = [await client('one'), await client('other')];
  expect((await one.post('/v1/agents', { name })).status).toBe(201);
  expect((await one.get(`/v1/agents/${name}`)).status).toBe(200);
  expect((await other.get(`/v1/agents/${name}`)).status).toBe(404);
  expect((await other.get<AgentList>('/v1/agents')).body.data).toEqual([]);
});
