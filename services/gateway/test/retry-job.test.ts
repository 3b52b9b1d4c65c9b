import type { Problem } from '@pawl/contracts';
import { expireJob } from '@pawl/engine';
import { testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { apiClient } from './harness/api-client.ts';
import { completeJob, failJob, loseOutcome, reply, startJob } from './harness/drive-job.ts';
import { startTestGateway } from './harness/start-test-gateway.ts';

const gateway = await startTestGateway(testRedis());
const api = apiClient(gateway.url);

const newJob = async (body: object = {}) =>
  (await api.post('/v1/jobs', { prompt: 'Work', ...body })).body;
const retry = <Body = Problem>(id: string, body?: object) =>
  api.post<Body>(`/v1/jobs/${id}/retry`, body ?? {});

const asksForTool = {
  role: 'assistant',
  content: 'Let me look.',
  tool_calls: [
    { id: 'call_1', type: 'function', function: { name: 'gmail_fetch_mails', arguments: '{}' } },
  ],
};

test('a failed job goes on from the step that failed, and may complete', async () => {
  const { id } = await newJob();
  await failJob(gateway.engine, id, 'model_unauthorized');
  const opened = await retry(id);
  expect(opened.status).toBe(202);
  expect(opened.body).toMatchObject({ id, status: 'in_progress', error: null, finished_at: null });
  await completeJob(gateway.engine, id, 'Done.');
  expect((await api.get(`/v1/jobs/${id}`)).body).toMatchObject({
    status: 'completed',
    result: { text: 'Done.' },
  });
});

test('needs no body', async () => {
  const { id } = await newJob();
  await failJob(gateway.engine, id, 'model_unauthorized');
  expect((await api.send(`/v1/jobs/${id}/retry`, { method: 'POST' })).status).toBe(202);
});

test('a job that a limit stopped needs a higher one, and then runs what it had not run', async () => {
  const { id } = await newJob({ limits: { turns: 1 } });
  await reply(gateway.engine, id, asksForTool);
  expect((await api.get(`/v1/jobs/${id}`)).body).toMatchObject({
    status: 'incomplete',
    stop_reason: 'turns',
    result: { text: 'Let me look.' },
    usage: { tool_calls: 0 },
  });
  const refused = await retry(id);
  expect(refused.status).toBe(409);
  expect(refused.body.code).toBe('job_not_reopenable');
  expect(refused.body.detail).toContain('turns');
  const opened = await retry(id, { limits: { turns: 3 } });
  expect(opened.body).toMatchObject({ status: 'in_progress', usage: { tool_calls: 1 } });
  const state = await gateway.store.readJob(id);
  expect(state?.phase).toMatchObject({ name: 'calls', calls: [{ step: { status: 'ready' } }] });
});

test('a batch over the limit of tool calls runs none, and runs with a higher one', async () => {
  const { id } = await newJob({ limits: { tool_calls: 0 } });
  await reply(gateway.engine, id, asksForTool);
  expect((await api.get(`/v1/jobs/${id}`)).body.stop_reason).toBe('tool_calls');
  expect((await retry(id)).status).toBe(409);
  expect((await retry(id, { limits: { tool_calls: 1 } })).status).toBe(202);
});

test('a writing call that may have happened is asked about again (invariant 5)', async () => {
  const { id } = await newJob();
  await loseOutcome(gateway.engine, id);
  const aDayLater = { ...gateway.engine, now: () => Date.now() + 86_400_000 };
  await expireJob(aDayLater, id);
  expect((await api.get(`/v1/jobs/${id}`)).body.status).toBe('expired');
  const opened = await retry(id, { limits: { deadline_seconds: 600 } });
  expect(opened.body).toMatchObject({
    status: 'requires_action',
    required_action: { type: 'resolve_tool_outcome' },
  });
});

test.each([
  ['completed', (id: string) => completeJob(gateway.engine, id, 'Done.')],
  ['cancelled', (id: string) => api.post(`/v1/jobs/${id}/cancel`)],
  ['running', (id: string) => startJob(gateway.engine, id)],
])('a %s job is not retried', async (_status, drive) => {
  const { id } = await newJob();
  await drive(id);
  const { status, body } = await retry(id);
  expect(status).toBe(409);
  expect(body.code).toBe('job_not_reopenable');
});

test('a conversation that has gone on does not go back', async () => {
  const first = await newJob();
  await failJob(gateway.engine, first.id, 'model_unauthorized');
  const second = await newJob({ conversation: first.conversation });
  await startJob(gateway.engine, second.id);
  const { status, body } = await retry(first.id);
  expect(status).toBe(409);
  expect(body.detail).toContain('later job');
});

test('another one waits behind a retried job of its conversation', async () => {
  const first = await newJob();
  await failJob(gateway.engine, first.id, 'model_unauthorized');
  await retry(first.id);
  const second = await newJob({ conversation: first.conversation });
  expect((await gateway.store.readJob(second.id))?.phase.name).toBe('lined');
});

test.each([[{ limits: { turns: 0 } }], [{ limits: { seconds: 1 } }], [{ limit: {} }]])(
  'the body %o is refused',
  async (body) => {
    const { id } = await newJob();
    expect((await retry(id, body)).status).toBe(400);
  },
);
