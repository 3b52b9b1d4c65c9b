import {
  newId,
  type JobList,
  type Problem,
  type Schedule,
  type ScheduleList,
  type SchedulePreview,
} from '@pawl/contracts';
import { fireSchedule } from '@pawl/engine';
import { testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { apiClient, type ApiClient } from './harness/api-client.ts';
import { blockJob } from './harness/drive-job.ts';
import { startTestGateway } from './harness/start-test-gateway.ts';

const gateway = await startTestGateway(testRedis());
const keyed = await startTestGateway(testRedis());
const small = await startTestGateway(testRedis(), {
  settings: { schedules: { minimumSeconds: 1, perTenant: 1 } },
});
const api = apiClient(gateway.url);
const job = { prompt: 'Summarize my unread mails.' };
const hourly = { cron: '0 * * * *', job };
const json = { 'Content-Type': 'application/json' };

const create = async (body: object = hourly) =>
  (await api.post<Schedule>('/v1/schedules', body)).body;
const read = async (id: string) => (await api.get<Schedule>(`/v1/schedules/${id}`)).body;
const change = <Body = Schedule>(id: string, body: object, client: ApiClient = api) =>
  client.send<Body>(`/v1/schedules/${id}`, {
    method: 'PATCH',
    body: JSON.stringify(body),
    headers: json,
  });

test('a schedule by cron is made and read', async () => {
  const { status, headers, body } = await api.post<Schedule>('/v1/schedules', {
    cron: '30 8 * * MON-FRI',
    timezone: 'Europe/Berlin',
    job: { ...job, user: 'ada', metadata: { team: 'ops' } },
  });
  expect(status).toBe(201);
  expect(headers.get('location')).toBe(`/v1/schedules/${body.id}`);
  expect(body).toMatchObject({
    id: expect.stringMatching(/^sch_\d_/),
    object: 'schedule',
    status: 'active',
    enabled: true,
    user: 'ada',
    cron: '30 8 * * MON-FRI',
    timezone: 'Europe/Berlin',
    every_seconds: null,
    overlap: 'skip',
    job: { ...job, user: 'ada', metadata: { team: 'ops' } },
    last_job: null,
    last_slot: null,
    failures_in_a_row: 0,
    disabled_reason: null,
  });
  expect(Date.parse(body.next_run_at ?? '')).toBeGreaterThan(Date.now());
  expect(await read(body.id)).toEqual(body);
});

test('a schedule by seconds begins one period from now, or at its start', async () => {
  const soon = await create({ every_seconds: 90, job });
  const wait = Date.parse(soon.next_run_at ?? '') - Date.parse(soon.created_at);
  expect(wait).toBeGreaterThan(80_000);
  expect(wait).toBeLessThanOrEqual(90_000);
  const startAt = new Date(Date.now() + 3_600_000).toISOString();
  const later = await create({ every_seconds: 90, start_at: startAt, job });
  expect(later).toMatchObject({ start_at: startAt, next_run_at: startAt });
});

test('the same Idempotency-Key makes one schedule', async () => {
  const headers = { 'Idempotency-Key': 'nightly' };
  const first = await api.post<Schedule>('/v1/schedules', hourly, headers);
  const second = await api.post<Schedule>('/v1/schedules', hourly, headers);
  expect(second.body).toEqual(first.body);
  const other = await api.post<Problem>('/v1/schedules', { ...hourly, enabled: false }, headers);
  expect(other.status).toBe(409);
});

test('a refused schedule does not use up its Idempotency-Key', async () => {
  const headers = { 'Idempotency-Key': 'refused' };
  const gone = { ...hourly, job: { prompt: 'Work', conversation: newId('conversation', 0) } };
  expect((await api.post('/v1/schedules', gone, headers)).status).toBe(404);
  expect((await api.post('/v1/schedules', hourly, headers)).status).toBe(201);
});

test.each([
  [{ cron: '* * *' }, 'cron', 'five or six fields'],
  [{ cron: '61 * * * *' }, 'cron', 'not a cron expression'],
  [{ cron: '0 0 30 2 *' }, 'cron', 'never fires'],
  [{ cron: '*/10 * * * * *' }, 'cron', 'must be at least 60'],
  [{ cron: '0 * * * *', timezone: 'Mars/City' }, 'timezone', 'IANA time zone'],
  [{ every_seconds: 5 }, 'every_seconds', 'must be at least 60'],
  [{ every_seconds: 0 }, 'every_seconds', ''],
  [{ every_seconds: 60, cron: '0 * * * *' }, 'every_seconds', 'not both'],
  [{ every_seconds: 60, timezone: 'UTC' }, 'timezone', 'is for cron'],
  [{}, 'cron', 'give cron or every_seconds'],
  [
    { cron: '0 * * * *', start_at: '2999-01-02T00:00:00Z', end_at: '2999-01-01T00:00:00Z' },
    'start_at',
    'ten years',
  ],
  [{ cron: '0 * * * *', end_at: '2020-01-01T00:00:00Z' }, 'end_at', 'in the future'],
  [{ cron: '0 * * * *', start_at: 'tomorrow' }, 'start_at', ''],
  [{ cron: '0 * * * *', start_at: '1969-12-31T23:59:59Z' }, 'start_at', 'before 1970'],
  [{ every_seconds: 60, start_at: '0001-01-01T00:00:00Z' }, 'start_at', 'before 1970'],
])('a schedule and a preview of %j are refused: %s', async (timing, path, message) => {
  for (const [url, body] of [
    ['/v1/schedules', { ...timing, job }],
    ['/v1/schedules/preview', timing],
  ] as const) {
    const answer = await api.post<Problem>(url, body);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({
      code: 'invalid_request',
      errors: [{ path, message: expect.stringContaining(message) }],
    });
  }
});

test('an end before the start is refused', async () => {
  const [start_at, end_at] = [7_200_000, 3_600_000].map((ahead) =>
    new Date(Date.now() + ahead).toISOString(),
  );
  const { status, body } = await api.post<Problem>('/v1/schedules', {
    ...hourly,
    start_at,
    end_at,
  });
  expect(status).toBe(400);
  expect(body.errors).toEqual([{ path: 'end_at', message: 'must not be before start_at' }]);
});

test.each([
  [{ cron: '0 * * * *' }, 'job'],
  [{ ...hourly, job: {} }, 'job.prompt'],
  [{ ...hourly, job: { ...job, start_at: '2030-01-01T00:00:00Z' } }, 'job.start_at'],
  [{ ...hourly, job: { ...job, user: 'a::b' } }, 'job.user'],
  [{ ...hourly, overlap: 'sometimes' }, 'overlap'],
  [{ ...hourly, cron_expression: '' }, 'cron_expression'],
])('a wrong, missing or unknown field is named: %j', async (body, path) => {
  const answer = await api.post<Problem>('/v1/schedules', body);
  expect(answer.status).toBe(400);
  expect(answer.body.errors?.map((error) => error.path)).toEqual([path]);
});

test('the preview gives the next five times', async () => {
  const { status, body } = await api.post<SchedulePreview>('/v1/schedules/preview', {
    cron: '0 9 1 1 *',
    timezone: 'Europe/Berlin',
  });
  expect(status).toBe(200);
  const year = new Date().getUTCFullYear() + 1;
  expect(body.object).toBe('schedule_preview');
  expect(body.next_runs).toEqual(
    [0, 1, 2, 3, 4].map((ahead) => `${year + ahead}-01-01T08:00:00.000Z`),
  );
});

test('schedules are listed newest first, page by page, by user too', async () => {
  const made: string[] = [];
  for (const every_seconds of [60, 61, 62]) {
    made.unshift((await create({ every_seconds, job: { ...job, user: 'lists' } })).id);
  }
  const first = await api.get<ScheduleList>('/v1/schedules?user=lists&limit=2');
  expect(first.body.data.map(({ id }) => id)).toEqual(made.slice(0, 2));
  const cursor = encodeURIComponent(first.body.next_cursor ?? '');
  const rest = await api.get<ScheduleList>(`/v1/schedules?user=lists&limit=2&cursor=${cursor}`);
  expect(rest.body).toMatchObject({ data: [{ id: made[2] }], next_cursor: null });
  const all = await api.get<ScheduleList>('/v1/schedules?limit=100');
  expect(all.body.data.map(({ id }) => id)).toEqual(expect.arrayContaining(made));
  expect((await api.get<Problem>('/v1/schedules?cursor=nonsense')).status).toBe(400);
});

test('a change touches only what it names', async () => {
  const made = await create({ ...hourly, timezone: 'Europe/Berlin', overlap: 'queue' });
  const { status, body } = await change(made.id, { timezone: 'America/New_York' });
  expect(status).toBe(200);
  expect(body).toEqual({ ...made, timezone: 'America/New_York', updated_at: body.updated_at });
  const everyTwo = await change(made.id, { every_seconds: 120, job: { prompt: 'Other.' } });
  expect(everyTwo.body).toMatchObject({
    cron: null,
    timezone: null,
    every_seconds: 120,
    overlap: 'queue',
    job: { prompt: 'Other.' },
  });
  const end_at = new Date(Date.now() + 86_400_000).toISOString();
  expect((await change(made.id, { end_at })).body).toMatchObject({ end_at, every_seconds: 120 });
  expect((await change(made.id, { end_at: null })).body.end_at).toBeNull();
});

test('a schedule is paused and enabled', async () => {
  const made = await create();
  const paused = await change(made.id, { enabled: false });
  expect(paused.body).toMatchObject({ status: 'paused', enabled: false, next_run_at: null });
  const enabled = await change(made.id, { enabled: true });
  expect(enabled.body).toMatchObject({ status: 'active', next_run_at: made.next_run_at });
});

test.each([
  [{ cron: 'nonsense' }, 'cron'],
  [{ timezone: 'Mars/City' }, 'timezone'],
  [{ every_seconds: 1 }, 'every_seconds'],
  [{ start_at: '1969-12-31T23:59:59Z' }, 'start_at'],
  [{ job: { ...job, user: 'somebody else' } }, 'job.user'],
  [{ id: 'sch_0_other' }, 'id'],
])('a change to %j is refused, and nothing is changed', async (body, path) => {
  const made = await create();
  const answer = await change<Problem>(made.id, body);
  expect(answer.status).toBe(400);
  expect(answer.body.errors?.map((error) => error.path)).toEqual([path]);
  expect(await read(made.id)).toEqual(made);
});

test('a trigger posts the job now, once for each Idempotency-Key, and is the last job', async () => {
  const made = await create({ ...hourly, enabled: false });
  const url = `/v1/schedules/${made.id}/trigger`;
  const headers = { 'Idempotency-Key': 'now' };
  const { status, body, headers: answered } = await api.post(url, undefined, headers);
  expect(status).toBe(202);
  expect(answered.get('location')).toBe(`/v1/jobs/${body.id}`);
  expect(body).toMatchObject({ status: 'queued', schedule: made.id, prompt: job.prompt });
  expect((await api.post(url, undefined, headers)).body.id).toBe(body.id);
  const jobs = await api.get<JobList>(`/v1/jobs?schedule=${made.id}`);
  expect(jobs.body.data.map(({ id }) => id)).toEqual([body.id]);
  expect((await read(made.id)).last_job).toEqual({
    id: body.id,
    status: 'queued',
    required_action: null,
  });
});

test('a schedule shows that its job needs an account to be authorized again', async () => {
  const made = await create();
  const { body } = await api.post(`/v1/schedules/${made.id}/trigger`);
  await blockJob(gateway.engine, body.id, 'gmail');
  expect((await read(made.id)).last_job).toMatchObject({
    status: 'requires_action',
    required_action: {
      type: 'connect_account',
      connection: 'gmail',
      url: expect.stringContaining('/connect/'),
    },
  });
});

test('a schedule can continue a conversation of its user', async () => {
  const { body: first } = await api.post('/v1/jobs', { ...job, user: 'goes-on' });
  const { conversation } = first;
  const made = await create({ ...hourly, job: { ...job, conversation } });
  expect(made).toMatchObject({ user: 'goes-on', conversation });
  const { body } = await api.post(`/v1/schedules/${made.id}/trigger`);
  expect(body.conversation).toBe(conversation);
  const foreign = await api.post<Problem>('/v1/schedules', {
    ...hourly,
    job: { ...job, conversation, user: 'other' },
  });
  expect(foreign.body.errors?.map((error) => error.path)).toEqual(['job.user']);
});

test('a deleted schedule fires nothing, and its jobs stay', async () => {
  const made = await create();
  const { body } = await api.post(`/v1/schedules/${made.id}/trigger`);
  const deleted = await api.send(`/v1/schedules/${made.id}`, { method: 'DELETE' });
  expect(deleted.status).toBe(204);
  const later = { ...gateway.engine, now: () => Date.now() + 86_400_000 };
  expect(await fireSchedule(later, made.id)).toEqual({ settled: false, next: null });
  expect((await api.get(`/v1/jobs/${body.id}`)).body.schedule).toBe(made.id);
  expect((await api.get<Problem>(`/v1/schedules/${made.id}`)).status).toBe(404);
});

test('another tenant’s schedules are not there', async () => {
  const [one, other] = await Promise.all(
    ['one', 'other'].map(async (tenant) => {
      const { key } = await keyed.store.createApiKey({ tenant, name: 'test' });
      return apiClient(keyed.url, { Authorization: `Bearer ${key}` });
    }),
  );
  if (one === undefined || other === undefined) throw new Error('there are two');
  const { id } = (await one.post<Schedule>('/v1/schedules', hourly)).body;
  const url = `/v1/schedules/${id}`;
  const answers = await Promise.all([
    other.get<Problem>(url),
    change<Problem>(id, { enabled: false }, other),
    other.send<Problem>(url, { method: 'DELETE' }),
    other.post<Problem>(`${url}/trigger`),
    other.get<Problem>(`/v1/jobs?schedule=${id}`),
  ]);
  for (const { status, body } of answers) {
    expect(status).toBe(404);
    expect(body.code).toBe('not_found');
  }
  expect((await other.get<ScheduleList>('/v1/schedules')).body.data).toEqual([]);
  expect((await one.get<Schedule>(url)).body.enabled).toBe(true);
});

test('a tenant has no more schedules than the setting allows', async () => {
  const client = apiClient(small.url);
  const first = await client.post<Schedule>('/v1/schedules', { every_seconds: 1, job });
  expect(first.status).toBe(201);
  const second = await client.post<Problem>('/v1/schedules', { every_seconds: 1, job });
  expect(second).toMatchObject({ status: 409, body: { code: 'schedule_limit' } });
  await client.send(`/v1/schedules/${first.body.id}`, { method: 'DELETE' });
  expect((await client.post('/v1/schedules', { every_seconds: 1, job })).status).toBe(201);
});

test('another method is refused with those that exist', async () => {
  const { status, headers } = await api.send('/v1/schedules/sch_0_x', { method: 'PUT' });
  expect(status).toBe(405);
  expect(headers.get('allow')).toBe('GET, HEAD, PATCH, DELETE');
});
