import type { ConversationMessageList, JobStepList, Problem } from '@pawl/contracts';
import { testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { apiClient } from './harness/api-client.ts';
import { completeJob, reply, startJob } from './harness/drive-job.ts';
import { startTestGateway } from './harness/start-test-gateway.ts';

const gateway = await startTestGateway(testRedis());
const { engine } = gateway;
const api = apiClient(gateway.url);

const asking = {
  role: 'assistant',
  content: null,
  tool_calls: [
    {
      id: 'call_1',
      type: 'function',
      function: { name: 'gmail_fetch_mails', arguments: '{"max_results":5}' },
    },
  ],
};

const newJob = async (conversation?: string) =>
  (await api.post('/v1/jobs', { prompt: 'Read my mails', conversation })).body;
const messages = async (conversation: string, query = '') =>
  (await api.get<ConversationMessageList>(`/v1/conversations/${conversation}/messages${query}`))
    .body;

test('steps show the turns and their tool calls, in order', async () => {
  const { id } = await newJob();
  const before = (await api.get<JobStepList>(`/v1/jobs/${id}/steps`)).body;
  expect(before.data).toMatchObject([{ type: 'turn', turn: 0, status: 'ready' }]);
  await startJob(engine, id);
  await reply(engine, id, asking);
  const { body } = await api.get<JobStepList>(`/v1/jobs/${id}/steps`);
  expect(body).toMatchObject({
    object: 'list',
    next_cursor: null,
    data: [
      { type: 'turn', turn: 0, status: 'completed', tools_loaded: 1, input_tokens: 10 },
      {
        type: 'tool_call',
        turn: 0,
        index: 0,
        id: 'call_1',
        tool: 'gmail_fetch_mails',
        connection: 'gmail',
        status: 'ready',
        input: { max_results: 5 },
      },
    ],
  });
});

test('steps are paged on request', async () => {
  const { id } = await newJob();
  await reply(engine, id, asking);
  const first = (await api.get<JobStepList>(`/v1/jobs/${id}/steps?limit=1`)).body;
  expect(first.data).toMatchObject([{ type: 'turn' }]);
  const rest = `/v1/jobs/${id}/steps?limit=1&cursor=${first.next_cursor}`;
  const second = (await api.get<JobStepList>(rest)).body;
  expect(second).toMatchObject({ data: [{ type: 'tool_call' }], next_cursor: null });
  const wrong = await api.get<Problem>(`/v1/jobs/${id}/steps?cursor=wrong`);
  expect(wrong.body.errors?.[0]?.path).toBe('cursor');
});

test('messages show a conversation over its jobs, each with the job it belongs to', async () => {
  const first = await newJob();
  await completeJob(engine, first.id, 'You have none.');
  const second = await newJob(first.conversation);
  await completeJob(engine, second.id, 'Still none.');
  const { data, next_cursor: cursor } = await messages(first.conversation);
  expect(data).toEqual([
    { job: first.id, role: 'user', content: 'Read my mails' },
    { job: first.id, role: 'assistant', content: 'You have none.' },
    { job: second.id, role: 'user', content: 'Read my mails' },
    { job: second.id, role: 'assistant', content: 'Still none.' },
  ]);
  expect(cursor).toBeNull();
});

test('a call that is still open has no answer; after a cancel it has the synthetic one', async () => {
  const { id, conversation } = await newJob();
  await reply(engine, id, asking);
  expect((await messages(conversation)).data).toMatchObject([
    { role: 'user' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'call_1', name: 'gmail_fetch_mails', arguments: '{"max_results":5}' }],
    },
  ]);
  await api.post(`/v1/jobs/${id}/cancel`);
  const { data } = await messages(conversation);
  expect(data).toHaveLength(3);
  expect(data[2]).toMatchObject({ role: 'tool', tool_call_id: 'call_1' });
  expect(data[2]?.content).toContain('cancelled');
});

test('messages are paged, across the borders of jobs', async () => {
  const first = await newJob();
  await completeJob(engine, first.id, 'One.');
  for (const text of ['Two.', 'Three.']) {
    const next = await newJob(first.conversation);
    await completeJob(engine, next.id, text);
  }
  const all = (await messages(first.conversation)).data;
  expect(all).toHaveLength(6);
  for (const limit of [1, 2, 4, 5]) {
    const paged: unknown[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: ConversationMessageList = await messages(
        first.conversation,
        `?limit=${limit}${cursor === '' ? '' : `&cursor=${cursor}`}`,
      );
      expect(page.data.length).toBeLessThanOrEqual(limit);
      paged.push(...page.data);
      cursor = page.next_cursor;
    }
    expect(paged).toEqual(all);
  }
});

test('a cursor of another conversation is refused', async () => {
  const { conversation } = await newJob();
  const other = Buffer.from(JSON.stringify(['job_0_other', 0])).toString('base64url');
  for (const cursor of [other, 'wrong']) {
    const path = `/v1/conversations/${conversation}/messages?cursor=${cursor}`;
    expect((await api.get<Problem>(path)).body.errors?.[0]?.path).toBe('cursor');
  }
});
