import type {
  ApprovalList,
  ConversationMessageList,
  JobList,
  JobStepList,
  ScheduleList,
  WebhookDeliveryList,
} from '@pawl/contracts';
import { testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { apiClient } from './harness/api-client.ts';
import { completeJob, loseOutcome, reply, reportCall, startJob } from './harness/drive-job.ts';
import { startTestGateway } from './harness/start-test-gateway.ts';

const redis = testRedis();
const gateway = await startTestGateway(redis, {
  secrets: { given: { default: [`whsec_${Buffer.alloc(32, 7).toString('base64')}`] } },
});
const { engine, store } = gateway;
const api = apiClient(gateway.url);

const mebibyte = 1_048_576;

interface AnyList {
  readonly data: readonly unknown[];
  readonly next_cursor: string | null;
}

interface SizedPage<List> {
  readonly list: List;
  readonly size: number;
}

/** Every page of a list, one after the other; `size` is that of the answer's body. */
async function everyPage<List extends AnyList>(path: string): Promise<SizedPage<List>[]> {
  const pages: SizedPage<List>[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const joint = path.includes('?') ? '&' : '?';
    const { body }: { body: List } = await api.get<List>(
      `${path}${cursor === '' ? '' : `${joint}cursor=${cursor}`}`,
    );
    pages.push({ list: body, size: JSON.stringify(body).length });
    cursor = body.next_cursor;
  }
  return pages;
}

const newJob = async (parts: object = {}) =>
  (await api.post('/v1/jobs', { prompt: 'Work', ...parts })).body;

/** A reply that asks for so many calls at once, each with arguments of so many characters. */
const asking = (calls: number, characters: number) => ({
  role: 'assistant',
  content: null,
  tool_calls: Array.from({ length: calls }, (_, index) => ({
    id: `call_${index}`,
    type: 'function',
    function: {
      name: 'gmail_fetch_mails',
      arguments: JSON.stringify({ query: 'x'.repeat(characters) }),
    },
  })),
});

test('a page of jobs ends with the one that makes it a mebibyte long, and none is left out', async () => {
  const prompt = 'x'.repeat(90_000);
  const made: string[] = [];
  for (let count = 0; count < 30; count += 1) {
    made.unshift((await newJob({ prompt, user: 'long' })).id);
  }
  const pages = await everyPage<JobList>('/v1/jobs?user=long&limit=100');
  expect(pages.flatMap(({ list }) => list.data.map(({ id }) => id))).toEqual(made);
  expect(pages.length).toBeGreaterThan(2);
  for (const { size } of pages) expect(size).toBeLessThan(mebibyte + 200_000);
});

test('a list that is narrowed twice is answered by the indexes: other jobs are not even readable', async () => {
  const user = 'narrowed';
  const done = await newJob({ user });
  await completeJob(engine, done.id, 'Done.');
  for (let count = 0; count < 5; count += 1) {
    const { id } = await newJob({ user });
    await redis.redis.hset(`${redis.prefix}:job:${id}`, 'state', 'not JSON');
  }
  const listed = await api.get<JobList>(`/v1/jobs?user=${user}&status=completed`);
  expect(listed.status).toBe(200);
  expect(listed.body.data.map(({ id }) => id)).toEqual([done.id]);
  const { conversation } = done;
  for (const query of [
    `conversation=${conversation}&status=completed`,
    `conversation=${conversation}&user=${user}&status=completed`,
  ]) {
    expect((await api.get<JobList>(`/v1/jobs?${query}`)).body.data).toHaveLength(1);
  }
  const none = await api.get<JobList>(`/v1/jobs?conversation=${conversation}&user=somebody`);
  expect(none.body).toEqual({ object: 'list', data: [], next_cursor: null });
});

test('a page of steps reads those that it shows: others are not even readable', async () => {
  const { id } = await newJob();
  await startJob(engine, id);
  await reply(engine, id, asking(6, 10));
  const steps = `${redis.prefix}:job:${id}:steps`;
  await redis.redis.hset(steps, 'call:0:5', 'not JSON');
  const first = await api.get<JobStepList>(`/v1/jobs/${id}/steps?limit=3`);
  expect(first.body.data).toMatchObject([{ type: 'turn' }, { index: 0 }, { index: 1 }]);
  const second = await api.get<JobStepList>(
    `/v1/jobs/${id}/steps?limit=3&cursor=${first.body.next_cursor}`,
  );
  expect(second.body.data).toMatchObject([{ index: 2 }, { index: 3 }, { index: 4 }]);
});

test('pages of steps and of messages end with what makes them a mebibyte long', async () => {
  const job = await newJob();
  await startJob(engine, job.id);
  await reply(engine, job.id, asking(20, 200_000));
  await api.post(`/v1/jobs/${job.id}/cancel`);
  const steps = await everyPage<JobStepList>(`/v1/jobs/${job.id}/steps`);
  const shown = steps.flatMap(({ list }) => list.data);
  expect(shown.map((step) => (step.type === 'turn' ? 'turn' : step.index))).toEqual([
    'turn',
    ...Array.from({ length: 20 }, (_, index) => index),
  ]);
  expect(steps.length).toBeGreaterThan(3);
  // The reply with all 20 arguments is one step.
  for (const { size } of steps.slice(1)) expect(size).toBeLessThan(mebibyte + 300_000);
  const path = `/v1/conversations/${job.conversation}/messages`;
  const messages = await everyPage<ConversationMessageList>(path);
  expect(messages.flatMap(({ list }) => list.data.map(({ role }) => role))).toEqual([
    'user',
    'assistant',
    ...Array.from({ length: 20 }, () => 'tool'),
  ]);
});

test.each([1, 2, 3, 5])('steps in pages of %i are the same as at once', async (limit) => {
  const { id } = await newJob();
  await startJob(engine, id);
  await reply(engine, id, asking(1, 1));
  const inPages = async () =>
    (await everyPage<JobStepList>(`/v1/jobs/${id}/steps?limit=${limit}`)).flatMap(
      ({ list }) => list.data,
    );
  const atOnce = async () => (await api.get<JobStepList>(`/v1/jobs/${id}/steps`)).body.data;
  expect(await inPages()).toEqual(await atOnce());
  await api.post(`/v1/jobs/${id}/cancel`);
  expect(await inPages()).toEqual(await atOnce());
  expect(await atOnce()).toHaveLength(2);
});

test('a page of messages never goes past a call that is open', async () => {
  const job = await newJob();
  await reply(engine, job.id, asking(3, 1), 'reads');
  const path = `/v1/conversations/${job.conversation}/messages`;
  for (const limit of [1, 2, 3]) {
    const pages = await everyPage<ConversationMessageList>(`${path}?limit=${limit}`);
    expect(pages.flatMap(({ list }) => list.data.map(({ role }) => role))).toEqual([
      'user',
      'assistant',
    ]);
  }
});

test('approvals are read by themselves: another call of the job is not even readable', async () => {
  const { id } = await newJob({ user: 'asked' });
  const epoch = await loseOutcome(engine, id);
  await redis.redis.hset(`${redis.prefix}:job:${id}:steps`, 'call:9:9', 'not JSON');
  const { body } = await api.get<ApprovalList>('/v1/approvals');
  expect(body.data).toMatchObject([{ job: id, input: { query: 'is:unread' }, status: 'pending' }]);
  expect((await api.get(`/v1/jobs/${id}`)).body.required_action).toMatchObject({
    approvals: [{ input: { query: 'is:unread' } }],
  });
  const output = { kind: 'succeeded', output: 'ok' } as const;
  await reportCall(engine, id, epoch, output);
});

test('deliveries of a job are narrowed by their status', async () => {
  const webhook = { url: 'https://receiver.example/hook' };
  const { id } = await newJob({ webhook });
  await completeJob(engine, id, 'Done.');
  const ofJob = await api.get<WebhookDeliveryList>(`/v1/webhook-deliveries?job=${id}`);
  expect(ofJob.body.data.length).toBeGreaterThan(0);
  const pending = await api.get<WebhookDeliveryList>(
    `/v1/webhook-deliveries?job=${id}&status=pending`,
  );
  expect(pending.body.data).toEqual(ofJob.body.data);
  const dead = await api.get<WebhookDeliveryList>(`/v1/webhook-deliveries?job=${id}&status=dead`);
  expect(dead.body).toEqual({ object: 'list', data: [], next_cursor: null });
});

test('a page of schedules is bounded in its length, and none is left out', async () => {
  const made: string[] = [];
  for (let count = 0; count < 15; count += 1) {
    const job = { prompt: 'x'.repeat(90_000), user: 'planner' };
    const { body } = await api.post<{ id: string }>('/v1/schedules', { cron: '0 8 * * *', job });
    made.unshift(body.id);
  }
  const pages = await everyPage<ScheduleList>('/v1/schedules?user=planner&limit=100');
  expect(pages.flatMap(({ list }) => list.data.map(({ id }) => id))).toEqual(made);
  expect(pages.length).toBeGreaterThan(1);
});

test('a conversation of many jobs is paged from any of them on', async () => {
  const first = await newJob({ user: 'talker' });
  await completeJob(engine, first.id, 'One.');
  for (let count = 0; count < 60; count += 1) {
    const { id } = await newJob({ conversation: first.conversation });
    await completeJob(engine, id, `Answer ${count}.`);
  }
  const path = `/v1/conversations/${first.conversation}/messages?limit=100`;
  const pages = await everyPage<ConversationMessageList>(path);
  const texts = pages.flatMap(({ list }) => list.data.map(({ content }) => content));
  expect(texts).toHaveLength(122);
  expect(texts.at(-1)).toBe('Answer 59.');
  expect(await store.lastStartedJob(first.conversation)).toBe(pages.at(-1)?.list.data.at(-1)?.job);
});
