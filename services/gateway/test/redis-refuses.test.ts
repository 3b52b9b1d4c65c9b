import { newId, type Job, type Problem, type Schedule } from '@pawl/contracts';
import { startRefusingRedis, waitFor, waysToRefuse, type WayToRefuse } from '@pawl/testing';
import { afterAll, afterEach, expect, test } from 'vitest';
import { apiClient } from './harness/api-client.ts';
import { openBrowser } from './harness/browser.ts';
import { blockJob } from './harness/drive-job.ts';
import { startTestGateway } from './harness/start-test-gateway.ts';

// Whatever Redis refuses a request with is 503 with Retry-After, on every route, and the request can be repeated.
const redis = await startRefusingRedis();
afterAll(() => redis.remove());
const gateway = await startTestGateway({ url: redis.url, namespace: 'refused' });
const api = apiClient(gateway.url);

const hourly = { cron: '0 * * * *', job: { prompt: 'Work' } };

afterEach(async () => {
  await redis.heal();
  await waitFor(async () => (await api.post('/v1/jobs', { prompt: 'Heal' })).status === 202);
});

/** Reads go on while Redis refuses writes only. */
const refusesReads = ['MASTERDOWN', 'BUSY', 'NOPERM', 'WRONGPASS'] as const;

test.each(waysToRefuse)('while Redis says %s, requests are 503 with Retry-After', async (way) => {
  const job = (await api.post('/v1/jobs', { prompt: 'Work' })).body;
  const schedule = (await api.post<Schedule>('/v1/schedules', hourly)).body;
  const key = { 'Idempotency-Key': `posted-${way}` };
  await redis.refuse(way);

  const json = { 'Content-Type': 'application/json' };
  const changed = { method: 'PATCH', headers: json, body: JSON.stringify({ enabled: false }) };
  // What frees memory, or ends work, is taken while memory is full.
  const stops = [
    () => api.post<Problem>(`/v1/jobs/${job.id}/cancel`),
    () => api.send<Problem>(`/v1/schedules/${schedule.id}`, changed),
    () => api.send<Problem>(`/v1/schedules/${schedule.id}`, { method: 'DELETE' }),
  ];
  const writes = [
    () => api.post<Problem>('/v1/jobs', { prompt: 'Refused' }, key),
    () => api.post<Problem>('/v1/schedules', hourly),
    () => api.post<Problem>(`/v1/schedules/${schedule.id}/trigger`),
    ...(way === 'OOM' ? [] : stops),
  ];
  const reads = [
    '/v1/jobs',
    `/v1/jobs/${job.id}`,
    `/v1/jobs/${job.id}?wait=60`,
    `/v1/jobs/${job.id}/steps`,
    `/v1/conversations/${job.conversation}/messages`,
    '/v1/approvals',
    '/v1/schedules',
    `/v1/schedules/${schedule.id}`,
    '/v1/webhook-deliveries',
    `/v1/webhook-deliveries/${newId('delivery', 0)}`,
  ].map((path) => () => api.get<Problem>(path));
  const refused = new Set<WayToRefuse>(refusesReads).has(way) ? [...writes, ...reads] : writes;
  const answers = await Promise.all(refused.map((request) => request()));
  expect(answers.map(({ status }) => status)).toEqual(refused.map(() => 503));
  for (const { headers, body } of answers) {
    expect(body.code).toBe('storage_unavailable');
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  }

  await redis.heal();
  const posted = await waitFor(async () => {
    const answer = await api.post('/v1/jobs', { prompt: 'Refused' }, key);
    return answer.status === 202 && answer.body;
  });
  const list = await api.get<{ data: Job[] }>('/v1/jobs?limit=100');
  const same = list.body.data.filter(({ prompt, created_at }) => {
    return prompt === 'Refused' && created_at >= job.created_at;
  });
  expect(same.map(({ id }) => id)).toEqual([posted.id]);
});

test.each(refusesReads)(
  'while Redis says %s, a person with a link is asked to try again',
  async (way) => {
    const job = (await api.post('/v1/jobs', { prompt: 'Work' })).body;
    const link = await blockJob(gateway.engine, job.id, 'gmail');
    await redis.refuse(way);
    const opened = await openBrowser().get(`${gateway.url}/connect/${job.id}.${link}`);
    expect(opened.status).toBe(503);
    expect(opened.text).toContain('Please try again');
    expect((await api.get('/readyz')).status).toBe(503);
  },
);

test('where memory is full, the gateway is not ready', async () => {
  await redis.refuse('OOM');
  const { status, body } = await api.get<{ problems: string[] }>('/readyz');
  expect(status).toBe(503);
  expect(body.problems.join()).toContain('memory');
});
