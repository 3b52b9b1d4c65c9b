import type {
  Job,
  LimitsResource,
  Problem,
  Schedule,
  TenantLimits,
  UsageList,
} from '@pawl/contracts';
import { testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { apiClient } from './harness/api-client.ts';
import { completeJob, failJob, startJob } from './harness/drive-job.ts';
import { startTestGateway } from './harness/start-test-gateway.ts';

let now = Date.UTC(2026, 10, 26, 12);
const redis = testRedis();
const gateway = await startTestGateway(redis, {
  limits: { tenant: { jobs_per_minute: 600 }, user: {} },
  clock: () => now,
});
const { engine, store } = gateway;
const prompt = 'Say hello.';

/** A tenant of the test's own, with a key, and with what the operator limits it to. */
async function newTenant(tenant: string, operator: Partial<TenantLimits> = {}) {
  const { key } = await store.createApiKey({ tenant, name: 'test' });
  await store.writeOperatorLimits(tenant, { tenant: {}, user: {}, ...operator });
  const api = apiClient(gateway.url, { Authorization: `Bearer ${key}` });
  return {
    ...api,
    create: (body: object = {}, headers: Readonly<Record<string, string>> = {}) =>
      api.post<Job & Pick<Problem, 'code' | 'detail' | 'limit'>>(
        '/v1/jobs',
        { prompt, ...body },
        headers,
      ),
    put: <Body = LimitsResource>(body: unknown) =>
      api.send<Body>('/v1/limits', {
        method: 'PUT',
        body: JSON.stringify(body),
        headers: { 'Content-Type': 'application/json' },
      }),
  };
}

test('jobs beyond those of a minute are 429, say which limit it is, and when there is room', async () => {
  const api = await newTenant('per-minute', { tenant: { jobs_per_minute: 2 } });
  expect((await api.create()).status).toBe(202);
  expect((await api.create()).status).toBe(202);
  now += 20_000;
  const { status, headers, body } = await api.create();
  expect(status).toBe(429);
  expect(headers.get('retry-after')).toBe('40');
  expect(headers.get('content-type')).toContain('application/problem+json');
  const freesAt = new Date(now + 40_000).toISOString();
  expect(body).toMatchObject({
    code: 'limit_reached',
    limit: { scope: 'tenant', name: 'jobs_per_minute', value: 2, frees_at: freesAt },
    detail: `This tenant has reached its limit of 2 new jobs per minute (jobs_per_minute). There is room again at ${freesAt}.`,
  });
  now += 40_001;
  expect((await api.create()).status).toBe(202);
});

test('what was refused does not count, and leaves its Idempotency-Key usable', async () => {
  const api = await newTenant('refused', { tenant: { jobs_per_minute: 1 } });
  const first = await api.create({}, { 'Idempotency-Key': 'first' });
  const second = { 'Idempotency-Key': 'second' };
  for (let attempt = 0; attempt < 3; attempt += 1) {
    expect((await api.create({}, second)).status).toBe(429);
  }
  const again = await api.create({}, { 'Idempotency-Key': 'first' });
  expect([again.status, again.body.id]).toEqual([202, first.body.id]);
  now += 60_001;
  const { status, body } = await api.create({}, second);
  expect(status).toBe(202);
  expect((await api.create({}, second)).body.id).toBe(body.id);
});

test('of requests under one Idempotency-Key that come at once, all get the one job for which there is room', async () => {
  const api = await newTenant('one-key', { tenant: { jobs_per_minute: 1 } });
  const headers = { 'Idempotency-Key': 'one' };
  const answers = await Promise.all(Array.from({ length: 8 }, () => api.create({}, headers)));
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202));
  expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
});

test('queued jobs are bounded for a user, and free with the start of one', async () => {
  const api = await newTenant('queued', { user: { jobs_queued: 2 } });
  const { body: job } = await api.create({ user: 'ada' });
  expect((await api.create({ user: 'ada', delay_seconds: 3_600 })).status).toBe(202);
  const refused = await api.create({ user: 'ada' });
  expect(refused.status).toBe(429);
  expect(refused.headers.get('retry-after')).toBe('10');
  expect(refused.body).toMatchObject({
    limit: { scope: 'user', name: 'jobs_queued', value: 2, frees_at: null },
    detail:
      'This user has reached its limit of 2 queued jobs (jobs_queued). There is room once some of them have started.',
  });
  expect((await api.create({ user: 'bob' })).status).toBe(202);
  await startJob(engine, job.id);
  expect((await api.create({ user: 'ada' })).status).toBe(202);
});

test('many requests at once get no more than what is left', async () => {
  const api = await newTenant('at-once', { tenant: { jobs_queued: 5 } });
  const answers = await Promise.all(Array.from({ length: 12 }, () => api.create()));
  expect(answers.filter(({ status }) => status === 202)).toHaveLength(5);
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(7);
});

test('a budget that is used up refuses jobs until its day is over', async () => {
  const api = await newTenant('budget', { user: { cost_usd_per_day: 0.001 } });
  const { body: job } = await api.create({ user: 'ada' });
  await completeJob(engine, job.id, 'Hello.');
  const refused = await api.create({ user: 'ada' });
  expect(refused.status).toBe(429);
  const midnight = (Math.floor(now / 86_400_000) + 1) * 86_400_000;
  expect(refused.headers.get('retry-after')).toBe(String(Math.ceil((midnight - now) / 1_000)));
  expect(refused.body).toMatchObject({
    limit: { name: 'cost_usd_per_day', frees_at: new Date(midnight).toISOString() },
  });
  expect((await api.create({ user: 'bob' })).status).toBe(202);
});

test('a retry and a trigger are refused like a new job', async () => {
  const api = await newTenant('other-ways', { tenant: { jobs_per_minute: 1 } });
  const { body: schedule } = await api.post<Schedule>('/v1/schedules', {
    cron: '0 * * * *',
    job: { prompt },
  });
  const { body: job } = await api.create();
  await failJob(engine, job.id, 'model_bad_request');
  expect((await api.post<Problem>(`/v1/jobs/${job.id}/retry`)).body.code).toBe('limit_reached');
  const trigger = () => api.post<Problem>(`/v1/schedules/${schedule.id}/trigger`);
  expect((await trigger()).body.code).toBe('limit_reached');
  now += 60_001;
  expect((await trigger()).status).toBe(202);
  now += 60_001;
  expect((await api.post(`/v1/jobs/${job.id}/retry`)).status).toBe(202);
});

test('a tenant narrows its limits, and does not lift the operator’s', async () => {
  const api = await newTenant('narrow', { user: { tokens_per_day: 1_000 } });
  const { status, body } = await api.put({ user: { tokens_per_day: 500, jobs_queued: 1 } });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    object: 'limits',
    in_force: { tenant: { jobs_per_minute: 600 }, user: { tokens_per_day: 500, jobs_queued: 1 } },
    allowed: { tenant: { jobs_per_minute: 600 }, user: { tokens_per_day: 1_000 } },
    own: { tenant: {}, user: { tokens_per_day: 500, jobs_queued: 1 } },
  });
  expect((await api.create()).status).toBe(202);
  expect((await api.create()).status).toBe(429);
  const lifted = await api.put<Problem>({ tenant: { jobs_per_minute: 601 } });
  expect(lifted.status).toBe(400);
  expect(lifted.body.errors).toEqual([
    {
      path: 'tenant.jobs_per_minute',
      message: 'must be at most 600, which the operator allows',
    },
  ]);
  const cleared = await api.put({});
  expect(cleared.body.own).toEqual({ tenant: {}, user: {} });
  expect((await api.create()).status).toBe(202);
});

test.each([
  [{ tenant: { jobs_per_hour: 1 } }, 'tenant.jobs_per_hour'],
  [{ user: { jobs_queued: -1 } }, 'user.jobs_queued'],
  [{ user: { tokens_per_day: 1.5 } }, 'user.tokens_per_day'],
  [{ tenant: { cost_usd_per_day: 'much' } }, 'tenant.cost_usd_per_day'],
  [{ everybody: {} }, 'everybody'],
])('limits that cannot be are refused: %j', async (limits, path) => {
  const api = await newTenant('nonsense');
  const { status, body } = await api.put<Problem>(limits);
  expect(status).toBe(400);
  expect(body.errors?.map((error) => error.path)).toEqual([path]);
});

test('the limits show what counts against them, and usage what it came from', async () => {
  const api = await newTenant('shown', { user: { jobs_queued: 10 } });
  const { body: job } = await api.create({ user: 'ada' });
  await completeJob(engine, job.id, 'Hello.');
  await api.create({ user: 'ada' });
  const { body } = await api.get<LimitsResource>('/v1/limits?user=ada');
  const standing = {
    jobs_in_progress: 0,
    jobs_queued: 1,
    tokens_today: 15,
    tokens_this_month: 15,
    cost_usd_today: 0.001,
    cost_usd_this_month: 0.001,
  };
  expect(body.current).toEqual({ tenant: standing, user: standing });
  const day = new Date(now).toISOString().slice(0, 10);
  const usage = await api.get<UsageList>(`/v1/usage?user=ada&from=${day}&to=${day}`);
  expect(usage.body).toEqual({
    object: 'list',
    data: [
      {
        day,
        user: 'ada',
        model: 'openai/gpt-4o-mini',
        model_calls: 1,
        input_tokens: 10,
        output_tokens: 5,
        cost_usd: 0.001,
      },
    ],
    next_cursor: null,
  });
  expect((await api.get<UsageList>('/v1/usage')).body.data).toHaveLength(1);
  expect((await api.get<UsageList>('/v1/usage?model=other')).body.data).toEqual([]);
  const stranger = await newTenant('stranger');
  expect((await stranger.get<UsageList>('/v1/usage?user=ada')).body.data).toEqual([]);
});

test.each([
  ['the last month that a date can name', 'from=9999-11-30&to=9999-12-31'],
  ['the first one', 'from=0001-01-01&to=0001-02-01'],
])('usage of %s is an empty list', async (_what, query) => {
  const api = await newTenant('no-use');
  const { status, body } = await api.get<UsageList>(`/v1/usage?${query}`);
  expect([status, body.data, body.next_cursor]).toEqual([200, [], null]);
});

/** A cursor of usage that somebody made up, with this month. */
function cursorOf(month: string): string {
  return Buffer.from(JSON.stringify([month, 0, '0'.repeat(64), ''])).toString('base64url');
}

test.each([
  ['from=2026-11-31', 'from'],
  ['from=2026-11-02&to=2026-11-01', 'from'],
  ['from=2020-01-01', 'from'],
  ['limit=1001', 'limit'],
  ['cursor=nonsense', 'cursor'],
  [`from=2026-10-01&to=2026-11-30&cursor=${cursorOf('2026-10Infinity')}`, 'cursor'],
  ['day=today', 'day'],
])('usage by %s is refused', async (query, path) => {
  const api = await newTenant('nonsense');
  const { status, body } = await api.get<Problem>(`/v1/usage?${query}`);
  expect(status).toBe(400);
  expect(body.errors?.map((error) => error.path)).toEqual([path]);
});
