import type { Problem } from '@pawl/contracts';
import { createKeys } from '@pawl/store';
import { testRedis, waitFor } from '@pawl/testing';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { apiClient, type ApiClient } from './harness/api-client.ts';
import { openBrowser } from './harness/browser.ts';
import { breakableRedis } from './harness/breakable-redis.ts';
import { blockJob } from './harness/drive-job.ts';
import { startTestGateway, type TestGateway } from './harness/start-test-gateway.ts';

const redis = testRedis({ oneServer: true });
let way: Awaited<ReturnType<typeof breakableRedis>>;
let gateway: TestGateway;
let api: ApiClient;

beforeAll(async () => {
  way = await breakableRedis(redis.url);
  afterAll(() => way.close());
  gateway = await startTestGateway(redis, { redisUrl: way.url });
  api = apiClient(gateway.url);
});

afterEach(async () => {
  way.mend();
  await waitFor(async () => (await api.get('/v1/jobs')).status === 200);
});

test('while Redis is away, every request is 503 with Retry-After, and later it works again', async () => {
  const job = (await api.post('/v1/jobs', { prompt: 'a' })).body;
  way.cut();
  const headers = { 'Idempotency-Key': 'away' };
  const answers = await Promise.all([
    api.post<Problem>('/v1/jobs', { prompt: 'b' }, headers),
    api.get<Problem>('/v1/jobs'),
    api.get<Problem>(`/v1/jobs/${job.id}`),
    api.get<Problem>(`/v1/jobs/${job.id}?wait=60`),
    api.get<Problem>(`/v1/jobs/${job.id}/steps`),
    api.post<Problem>(`/v1/jobs/${job.id}/cancel`),
    api.get<Problem>(`/v1/conversations/${job.conversation}/messages`),
  ]);
  for (const { status, headers: answered, body } of answers) {
    expect(status).toBe(503);
    expect(body).toMatchObject({ code: 'storage_unavailable', title: 'Redis does not answer' });
    expect(Number(answered.get('retry-after'))).toBeGreaterThan(0);
  }
  way.mend();
  const later = await waitFor(async () => {
    const answer = await api.post('/v1/jobs', { prompt: 'b' }, headers);
    return answer.status === 202 && answer;
  });
  expect(later.body.prompt).toBe('b');
  expect((await api.get(`/v1/jobs/${job.id}`)).body).toMatchObject(job);
});

test('a wait that Redis goes away in ends with 503, not with silence', async () => {
  const job = (await api.post('/v1/jobs', { prompt: 'a' })).body;
  const answer = api.get<Problem>(`/v1/jobs/${job.id}?wait=5`);
  const channel = createKeys(redis.namespace).statusChanges(job.id);
  await waitFor(async () => Number((await redis.redis.pubsub('NUMSUB', channel))[1]) > 0);
  way.cut();
  expect((await answer).status).toBe(503);
});

test('readiness tells that Redis is away, and health does not depend on it', async () => {
  way.cut();
  const answer = await api.get<{ problems: string[] }>('/readyz');
  expect(answer.status).toBe(503);
  expect(answer.body.problems.join()).toContain('Redis does not answer');
  expect((await api.get('/healthz')).status).toBe(200);
});

test('a person with a link is asked to try again', async () => {
  const job = (await api.post('/v1/jobs', { prompt: 'a' })).body;
  const link = await blockJob(gateway.engine, job.id, 'gmail');
  way.cut();
  const opened = await openBrowser().get(`${gateway.url}/connect/${job.id}.${link}`);
  expect(opened.status).toBe(503);
  expect(opened.headers.get('content-type')).toContain('text/html');
  expect(opened.text).toContain('Please try again');
});
