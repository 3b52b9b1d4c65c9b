import type { Job, Problem } from '@pawl/contracts';
import { createKeys } from '@pawl/store';
import { testRedis, waitFor } from '@pawl/testing';
import { expect, test } from 'vitest';
import { apiClient, type Answer } from './harness/api-client.ts';
import { blockJob, completeJob, startJob } from './harness/drive-job.ts';
import { startTestGateway } from './harness/start-test-gateway.ts';

const redis = testRedis({ oneServer: true });
const gateway = await startTestGateway(redis);
const { engine } = gateway;
const api = apiClient(gateway.url);

/** Milliseconds. Less than the longest wait: a test that a change has to end fails if only the wait's own time does. */
const timeout = 50_000;

const newJob = async () => (await api.post('/v1/jobs', { prompt: 'Work' })).body;

/** Subscriptions to the changes of a job: as many as requests wait for it, at most one. */
async function isWaitedFor(job: string, partition?: string): Promise<boolean> {
  const keys = createKeys(
    [redis.namespace, partition].filter((part) => part !== undefined).join(':'),
  );
  const [, count] = (await redis.redis.pubsub('NUMSUB', keys.statusChanges(job))) as [
    string,
    number,
  ];
  return count > 0;
}

test('a wait ends as soon as the job ends', { timeout }, async () => {
  const job = await newJob();
  const answer = api.get(`/v1/jobs/${job.id}?wait=60`);
  await waitFor(() => isWaitedFor(job.id));
  await completeJob(engine, job.id, 'Done.');
  const { body, headers } = await answer;
  expect(body).toMatchObject({ status: 'completed', result: { text: 'Done.' } });
  expect(headers.get('preference-applied')).toBeNull();
  await waitFor(async () => !(await isWaitedFor(job.id)));
});

test('a wait ends as soon as the job needs action, and shows the link', { timeout }, async () => {
  const job = await newJob();
  const answer = api.get(`/v1/jobs/${job.id}?wait=60`);
  await waitFor(() => isWaitedFor(job.id));
  const link = await blockJob(engine, job.id, 'gmail');
  const { body } = await answer;
  const { port } = new URL(gateway.url);
  expect(body.status).toBe('requires_action');
  expect(body.required_action).toMatchObject({
    type: 'connect_account',
    connection: 'gmail',
    url: `http://localhost:${port}/connect/${job.id}.${link}`,
  });
});

test('a wait for a job that has ended is answered at once', { timeout }, async () => {
  const job = await newJob();
  await completeJob(engine, job.id, 'Done.');
  expect((await api.get(`/v1/jobs/${job.id}?wait=60`)).body.status).toBe('completed');
  expect((await api.get(`/v1/jobs/${job.id}?wait=60&after=99`)).body.status).toBe('completed');
});

test('a wait that is over answers the job as it is', async () => {
  const job = await newJob();
  expect((await api.get(`/v1/jobs/${job.id}?wait=1`)).body).toMatchObject(job);
});

test(
  'Prefer: wait is honoured and confirmed, and longer waits are cut to 60 seconds',
  { timeout },
  async () => {
    const job = await newJob();
    const answer = api.get(`/v1/jobs/${job.id}`, { Prefer: 'respond-async, wait=3600' });
    await waitFor(() => isWaitedFor(job.id));
    await completeJob(engine, job.id, 'Done.');
    expect((await answer).headers.get('preference-applied')).toBe('wait=60');
    expect((await answer).body.status).toBe('completed');
  },
);

test('a wait after a sequence ends with the next change', { timeout }, async () => {
  const job = await newJob();
  const answer = api.get(`/v1/jobs/${job.id}?wait=60&after=${job.sequence}`);
  await waitFor(() => isWaitedFor(job.id));
  await startJob(engine, job.id);
  expect((await answer).body).toMatchObject({ status: 'in_progress', sequence: 2 });
  const missed = await api.get(`/v1/jobs/${job.id}?wait=60&after=${job.sequence}`);
  expect(missed.body.sequence).toBe(2);
});

test('a job that needs action can be watched for what comes next', { timeout }, async () => {
  const job = await newJob();
  await blockJob(engine, job.id, 'gmail');
  const blocked = (await api.get(`/v1/jobs/${job.id}?wait=60`)).body;
  const answer = api.get(`/v1/jobs/${job.id}?wait=60&after=${blocked.sequence}`);
  await waitFor(() => isWaitedFor(job.id));
  await api.post(`/v1/jobs/${job.id}/cancel`);
  expect((await answer).body.status).toBe('cancelled');
});

test('a client that goes away waits no longer', async () => {
  const job = await newJob();
  const leaving = new AbortController();
  const answer = fetch(`${gateway.url}/v1/jobs/${job.id}?wait=60`, { signal: leaving.signal });
  await waitFor(() => isWaitedFor(job.id));
  leaving.abort();
  await expect(answer).rejects.toThrow(/abort/);
  await waitFor(async () => !(await isWaitedFor(job.id)));
});

test('when too many wait, the next is answered at once', { timeout }, async () => {
  const small = await startTestGateway(redis, { settings: { waiters: 1 } });
  const client = apiClient(small.url);
  const job = await newJob();
  const waiting = client.get(`/v1/jobs/${job.id}?wait=60`);
  await waitFor(() => isWaitedFor(job.id));
  const second = await client.get(`/v1/jobs/${job.id}`, { Prefer: 'wait=60' });
  expect(second.body.status).toBe('queued');
  expect(second.headers.get('preference-applied')).toBeNull();
  await completeJob(engine, job.id, 'Done.');
  expect((await waiting).body.status).toBe('completed');
});

test(
  'one tenant cannot take every place of another: its longest wait is answered for it',
  { timeout },
  async () => {
    const small = await startTestGateway(redis, { settings: { waiters: 2 }, partition: 'shares' });
    const keyOf = async (tenant: string) => {
      const { key } = await small.store.createApiKey({ tenant, name: 'test' });
      return apiClient(small.url, { Authorization: `Bearer ${key}` });
    };
    const [greedy, modest] = [await keyOf('greedy'), await keyOf('modest')];
    const waits: Promise<Answer<Job>>[] = [];
    const jobs: string[] = [];
    for (const client of [greedy, greedy, modest]) {
      const { id } = (await client.post('/v1/jobs', { prompt: 'Work' })).body;
      jobs.push(id);
      waits.push(client.get(`/v1/jobs/${id}?wait=60`));
      await waitFor(() => isWaitedFor(id, 'shares'));
    }
    const [oldest = '', newer = '', other = ''] = jobs;
    expect((await waits[0])?.body).toMatchObject({ id: oldest, status: 'queued' });
    expect((await greedy.get(`/v1/jobs/${oldest}?wait=60`)).body.status).toBe('queued');
    for (const job of [newer, other]) await completeJob(small.engine, job, 'Done.');
    expect((await waits[1])?.body.status).toBe('completed');
    expect((await waits[2])?.body.status).toBe('completed');
  },
);

test('a shutdown answers those who wait, then ends', { timeout }, async () => {
  const stopping = await startTestGateway(redis);
  const job = await newJob();
  const waiting = apiClient(stopping.url).get(`/v1/jobs/${job.id}?wait=60`);
  await waitFor(() => isWaitedFor(job.id));
  await stopping.stop();
  expect((await waiting).body).toMatchObject(job);
  await expect(fetch(`${stopping.url}/healthz`)).rejects.toThrow('fetch failed');
});

test.each(['wait=0', 'wait=61', 'wait=soon', 'after=-1&wait=1', 'after=1', 'until=ended'])(
  '?%s is a 400 that names the parameter',
  async (query) => {
    const job = await newJob();
    const answer = await api.get<Problem>(`/v1/jobs/${job.id}?${query}`);
    expect(answer.status).toBe(400);
    expect(query).toContain(answer.body.errors?.[0]?.path);
  },
);
