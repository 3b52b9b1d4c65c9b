import type { Problem } from '@pawl/contracts';
import { testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { apiClient } from './harness/api-client.ts';
import { blockJob, completeJob, startJob } from './harness/drive-job.ts';
import { startTestGateway } from './harness/start-test-gateway.ts';

const gateway = await startTestGateway(testRedis());
const api = apiClient(gateway.url);

const newJob = async () => (await api.post('/v1/jobs', { prompt: 'Work' })).body;

test.each([
  ['queued', () => Promise.resolve()],
  ['in progress', (job: string) => startJob(gateway.engine, job)],
  ['waiting for an account', (job: string) => blockJob(gateway.engine, job, 'gmail')],
])('a job that is %s can be cancelled, twice', async (_status, drive) => {
  const { id } = await newJob();
  await drive(id);
  const first = await api.post(`/v1/jobs/${id}/cancel`);
  expect(first.status).toBe(200);
  expect(first.body).toMatchObject({ id, status: 'cancelled', required_action: null });
  expect(first.body.finished_at).not.toBeNull();
  const second = await api.post(`/v1/jobs/${id}/cancel`);
  expect(second.status).toBe(200);
  expect(second.body).toEqual(first.body);
});

test('a job that ended otherwise cannot be cancelled', async () => {
  const { id } = await newJob();
  await completeJob(gateway.engine, id, 'Done.');
  const { status, body } = await api.post<Problem>(`/v1/jobs/${id}/cancel`);
  expect(status).toBe(409);
  expect(body.code).toBe('job_ended');
  expect(body.detail).toContain('completed');
});

test('cancelling needs no body', async () => {
  const { id } = await newJob();
  const answer = await api.send(`/v1/jobs/${id}/cancel`, { method: 'POST' });
  expect(answer.status).toBe(200);
});

test('a cancelled job gives its conversation to the next in line', async () => {
  const first = await newJob();
  const { conversation } = first;
  const second = (await api.post('/v1/jobs', { prompt: 'Next', conversation })).body;
  await api.post(`/v1/jobs/${first.id}/cancel`);
  expect((await gateway.store.readConversation(conversation))?.active).toBe(second.id);
});
