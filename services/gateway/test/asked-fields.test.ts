import type { JobDetail, JobList, Schedule } from '@pawl/contracts';
import { startSandbox } from '@pawl/sandbox';
import { createKeys } from '@pawl/store';
import { testRedis } from '@pawl/testing';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { apiClient } from './harness/api-client.ts';
import { startTestGateway } from './harness/start-test-gateway.ts';

const sandbox = await startSandbox({ autoActive: true });
afterAll(() => sandbox.close());
const redis = testRedis();
const gateway = await startTestGateway(redis, { scalekit: sandbox });
const keys = createKeys(redis.namespace);
const { key } = await gateway.store.createApiKey({ tenant: 'default', name: 'all' });
const api = apiClient(gateway.url, { Authorization: `Bearer ${key}` });

let count = 0;
let user = '';
let agent = '';
beforeEach(() => {
  count += 1;
  user = `user-${count}`;
  agent = `agent-${count}`;
});

const post = async (fields: object) =>
  (await api.post('/v1/jobs', { prompt: 'Hello', user, ...fields })).body;
const read = async (id: string) => (await api.get<JobDetail>(`/v1/jobs/${id}`)).body;

test('a job shows what its body asked for, and nothing of its agent, its tenant and the defaults', async () => {
  await api.post('/v1/agents', {
    name: agent,
    instructions: 'The private way of sorting.',
    tools: { deny: ['gmail_delete*'], approve: 'all' },
    model_options: { seed: 7 },
    metadata: { team: 'private' },
    limits: { turns: 3 },
  });
  const send = (limits: object) =>
    api.send('/v1/limits', {
      method: 'PUT',
      body: JSON.stringify(limits),
      headers: { 'Content-Type': 'application/json' },
    });
  expect((await send({ approve: ['gmail_send*'] })).status).toBe(200);
  const asked = {
    tools: { allow: ['gmail_*'], approval_seconds: 60 },
    model_options: { temperature: 0.5 },
    limits: { turns: 9 },
    on_unknown_outcome: 'ask',
    priority: 2,
  };
  const job = await post({ agent, ...asked });
  await send({});
  expect((await read(job.id)).asked).toEqual(asked);
  expect(await gateway.engine.store.readRequest(job.id)).toMatchObject({
    instructions: 'The private way of sorting.',
    tools: { deny: ['gmail_delete*'], approve: ['all', ['gmail_send*']] },
  });
  const plain = await post({ on_unknown_outcome: 'check', priority: 0 });
  expect((await read(plain.id)).asked).toEqual({});
});

test('what it asked for can be posted again as it is', async () => {
  const asked = {
    connections: ['gmail'],
    model: 'some/model',
    fallback_models: ['other/model', 'third/model'],
    model_options: { temperature: 1, provider: { order: ['a'] } },
    instructions: 'Be brief.',
    response_format: { type: 'json_object' },
    tools: { allow: ['gmail_*'], deny: ['gmail_delete*'], approve: 'writes', approval_seconds: 9 },
    limits: { cost_usd: 0.5 },
    metadata: { team: 'support' },
  };
  const first = await read((await post(asked)).id);
  expect(first.asked).toEqual(asked);
  expect((await read((await post({ ...first.asked })).id)).asked).toEqual(asked);
});

test('only the job by itself shows it, to every key that may read jobs, and never its webhook', async () => {
  const instructions = 'Seen by nobody in lists.';
  const webhook = { url: 'https://hooks.example.com/?token=secret-of-the-webhook' };
  const secrets = { given: { default: ['whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0'] } };
  const own = await startTestGateway(redis, { partition: 'webhooks', scalekit: sandbox, secrets });
  const writing = await own.store.createApiKey({ tenant: 'default', name: 'writing' });
  const reading = await own.store.createApiKey({
    tenant: 'default',
    name: 'reading',
    scopes: ['jobs:read'],
  });
  const writer = apiClient(own.url, { Authorization: `Bearer ${writing.key}` });
  const reader = apiClient(own.url, { Authorization: `Bearer ${reading.key}` });
  const body = { prompt: 'Hello', user, instructions, webhook };
  const posted = await writer.post('/v1/jobs', body);
  expect(posted.status).toBe(202);
  const { id } = posted.body;
  for (const path of [id, `${id}?wait=1`]) {
    const { body: shown } = await reader.get<JobDetail>(`/v1/jobs/${path}`);
    expect(shown.asked).toEqual({ instructions });
    expect(JSON.stringify(shown)).not.toContain('secret-of-the-webhook');
  }
  const others = [
    posted.body,
    (await reader.get<JobList>(`/v1/jobs?user=${user}`)).body.data[0],
    (await writer.post(`/v1/jobs/${id}/cancel`)).body,
  ];
  expect(others.map((job) => job?.id)).toEqual([id, id, id]);
  expect(JSON.stringify(others)).not.toContain(instructions);
});

test('a job of a schedule shows what the schedule says of its jobs', async () => {
  const tools = { approve: 'all' };
  const { body: schedule } = await api.post<Schedule>('/v1/schedules', {
    every_seconds: 3_600,
    job: { prompt: 'Hello', user, tools },
  });
  const { body: job } = await api.post(`/v1/schedules/${schedule.id}/trigger`);
  expect((await read(job.id)).asked).toEqual({ tools });
});

test('a job from before that was stored is shown without it', async () => {
  const { id } = await post({ instructions: 'Be brief.' });
  const stored = JSON.parse((await redis.redis.hget(keys.job(id), 'request')) ?? '{}');
  expect(stored).toHaveProperty('asked');
  delete stored.asked;
  await redis.redis.hset(keys.job(id), 'request', JSON.stringify(stored));
  const shown = await read(id);
  expect(shown).toMatchObject({ id, prompt: 'Hello' });
  expect(shown).not.toHaveProperty('asked');
});
