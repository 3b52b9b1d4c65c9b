import {
  type Job,
  type JobList,
  type Problem,
  shardOfId,
  type WebhookDeliveryList,
} from '@pawl/contracts';
import { createKeys } from '@pawl/store';
import { testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { apiClient } from './harness/api-client.ts';
import { completeJob, failJob, loseOutcome, startCall, startJob } from './harness/drive-job.ts';
import { startTestGateway } from './harness/start-test-gateway.ts';

const redis = testRedis();
const gateway = await startTestGateway(redis, {
  secrets: { given: { default: [`whsec_${Buffer.alloc(32, 1).toString('base64')}`] } },
});
const { engine } = gateway;
const api = apiClient(gateway.url);
const keys = createKeys(redis.namespace);

const remove = (path: string) => api.send<Problem>(path, { method: 'DELETE' });
const post = async (body: object, headers = {}) =>
  (await api.post('/v1/jobs', { prompt: 'Hello', ...body }, headers)).body;

/** Everything that Redis holds, by key; without tasks, which hold ids only, and leave when they have run. */
async function everything(): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const key of await redis.keys()) {
    if (/:(turns|tool-calls|webhooks|shares):|:schedules:meta$/.test(key)) continue;
    const type = await redis.redis.type(key);
    const content = {
      string: () => redis.redis.get(key),
      hash: () => redis.redis.hgetall(key),
      list: () => redis.redis.lrange(key, 0, -1),
      set: () => redis.redis.smembers(key),
      zset: () => redis.redis.zrange(key, 0, '-1'),
      stream: () => redis.redis.xrange(key, '-', '+'),
    }[type];
    found.set(key, JSON.stringify(await content?.()));
  }
  return found;
}

/** A job that leaves something in every place: a tool call with an approval, a webhook, an Idempotency-Key, a result. */
async function fullJob(marker: string, conversation?: string): Promise<Job> {
  const job = await post(
    {
      prompt: `prompt ${marker}`,
      user: 'alice',
      metadata: { marker },
      webhook: { url: 'https://example.com/' },
      ...(conversation !== undefined && { conversation }),
    },
    { 'Idempotency-Key': marker },
  );
  await loseOutcome(engine, job.id);
  const approvals = await api.get<{ data: { id: string; job: string }[] }>('/v1/approvals');
  const approval = approvals.body.data.find((each) => each.job === job.id)?.id;
  const decision = { decision: 'respond', output: `output ${marker}` };
  expect((await api.post(`/v1/approvals/${approval}`, decision)).status).toBe(200);
  await completeJob(engine, job.id, `result ${marker}`);
  return job;
}

test('an erased job leaves no key, and nothing that it said, behind; its Idempotency-Key is free', async () => {
  await fullJob('kept');
  const before = await everything();
  const job = await fullJob('gone');
  const deliveries = await api.get<WebhookDeliveryList>(`/v1/webhook-deliveries?job=${job.id}`);
  const [delivery] = deliveries.body.data;
  expect((await everything()).size).toBeGreaterThan(before.size);

  expect((await remove(`/v1/jobs/${job.id}`)).status).toBe(204);
  const after = await everything();
  expect([...after.keys()]).toEqual([...before.keys()]);
  for (const [key, content] of after) {
    // What happened is told there by ids, for a day at most.
    const ids =
      key === keys.eventsOf(shardOfId(job.id), 'default')
        ? []
        : [job.id, job.conversation, delivery?.id];
    for (const trace of ['gone', ...ids]) {
      const text = `${key} ${content}`;
      expect({ key, trace, isLeft: text.includes(`${trace}`) }).toEqual({
        key,
        trace,
        isLeft: false,
      });
    }
  }
  for (const path of [`/v1/jobs/${job.id}`, `/v1/webhook-deliveries/${delivery?.id}`]) {
    expect((await api.get(path)).status).toBe(404);
  }
  expect((await remove(`/v1/jobs/${job.id}`)).status).toBe(404);
  const again = await post({ prompt: 'another body' }, { 'Idempotency-Key': 'gone' });
  expect(again.id).not.toBe(job.id);
});

test('an Idempotency-Key that has made another job since stays', async () => {
  const first = await post({}, { 'Idempotency-Key': 'used-twice' });
  await failJob(engine, first.id, 'model_failed');
  // As it runs out after a day.
  await redis.redis.del(keys.idempotency(shardOfId(first.id), 'default', 'used-twice'));
  const second = await post({}, { 'Idempotency-Key': 'used-twice' });
  expect((await remove(`/v1/jobs/${first.id}`)).status).toBe(204);
  expect((await post({}, { 'Idempotency-Key': 'used-twice' })).id).toBe(second.id);
});

test('a job that has not ended has to be cancelled first', async () => {
  const [running, waiting] = [await post({}), await post({ delay_seconds: 60 })];
  await startJob(engine, running.id);
  for (const { id } of [running, waiting]) {
    const refused = await remove(`/v1/jobs/${id}`);
    expect([refused.status, refused.body.code]).toEqual([409, 'job_not_ended']);
    expect((await api.post(`/v1/jobs/${id}/cancel`)).status).toBe(200);
    expect((await remove(`/v1/jobs/${id}`)).status).toBe(204);
  }
});

test('a job whose tool call is in flight is not erased: what the call did would have no place', async () => {
  const job = await post({ user: 'bob' });
  await startCall(engine, job.id);
  await api.post(`/v1/jobs/${job.id}/cancel`);
  for (const path of [`/v1/jobs/${job.id}`, `/v1/conversations/${job.conversation}`]) {
    const refused = await remove(path);
    expect([refused.status, refused.body.code]).toEqual([409, 'calls_in_flight']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  }
  expect((await api.get(`/v1/jobs/${job.id}`)).status).toBe(200);
});

test('a conversation is erased with all its jobs, and not while one of them goes on', async () => {
  const before = await everything();
  const first = await fullJob('one');
  for (let number = 0; number < 12; number += 1)
    await fullJob(`more-${number}`, first.conversation);
  const path = `/v1/conversations/${first.conversation}`;

  const waiting = await post({
    conversation: first.conversation,
    user: 'alice',
    delay_seconds: 60,
  });
  const refused = await remove(path);
  expect([refused.status, refused.body.code]).toEqual([409, 'job_not_ended']);
  expect((await api.get(`/v1/jobs/${first.id}`)).status).toBe(200);
  await api.post(`/v1/jobs/${waiting.id}/cancel`);

  expect((await remove(path)).status).toBe(204);
  expect([...(await everything()).keys()]).toEqual([...before.keys()]);
  const { body } = await api.get<JobList>('/v1/jobs?user=alice&limit=100');
  expect(body.data.map(({ conversation }) => conversation)).not.toContain(first.conversation);
  expect((await api.get(`${path}/messages`)).status).toBe(404);
  expect((await remove(path)).status).toBe(404);
});

test('nobody erases what belongs to another tenant', async () => {
  const job = await post({});
  await failJob(engine, job.id, 'model_failed');
  const { key } = await gateway.store.createApiKey({ tenant: 'other', name: 'theirs' });
  const theirs = { method: 'DELETE', headers: { Authorization: `Bearer ${key}` } };
  for (const path of [`/v1/jobs/${job.id}`, `/v1/conversations/${job.conversation}`]) {
    expect((await api.send(path, theirs)).status).toBe(404);
  }
  expect(await gateway.store.readJob(job.id)).toBeDefined();
});
