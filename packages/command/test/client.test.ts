import { expect, test } from 'vitest';
import { createPawlClient, PawlApiError, PawlConnectionError } from '../src/index.ts';
import { aJob } from './job-fixtures.ts';
import { serve, unusedOrigin } from './serve.ts';

const emptyList = { object: 'list', data: [], next_cursor: null };

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** A client of a server that gives the same answer to everything, and what it was asked. */
async function clientOf(answer: Answer | 'silence') {
  const asked: string[] = [];
  const origin = await serve((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    if (answer !== 'silence') response.writeHead(answer.status).end(JSON.stringify(answer.body));
  });
  const client = createPawlClient({
    baseUrl: `${origin}/pawl`,
    retry: { retries: 1, firstPauseMilliseconds: 1, longestPauseMilliseconds: 1 },
  });
  return { client, asked };
}

test('jobs are listed with their filters, below the path of the address', async () => {
  const { client, asked } = await clientOf({ status: 200, body: emptyList });
  const list = await client.listJobs({ status: 'queued', user: 'a b', limit: 5, cursor: 'c' });
  expect(list.data).toEqual([]);
  expect(asked).toEqual(['GET /pawl/v1/jobs?status=queued&user=a+b&limit=5&cursor=c']);
});

test("a conversation's messages are read page by page", async () => {
  const body = {
    object: 'list',
    data: [{ job: 'job_0_a', role: 'user', content: 'Hi' }],
    next_cursor: 'n',
  };
  const { client, asked } = await clientOf({ status: 200, body });
  const list = await client.listMessages('conv_0_a', { cursor: 'm' });
  expect(list).toEqual(body);
  expect(asked).toEqual(['GET /pawl/v1/conversations/conv_0_a/messages?cursor=m']);
});

test('limits are read and replaced, and usage is listed by its filters', async () => {
  const standing = {
    jobs_in_progress: 0,
    jobs_queued: 0,
    tokens_today: 0,
    tokens_this_month: 0,
    cost_usd_today: 0,
    cost_usd_this_month: 0,
  };
  const none = { tenant: {}, user: {} };
  const current = { tenant: standing, user: null };
  const body = { object: 'limits', in_force: none, allowed: none, own: none, current };
  const limits = await clientOf({ status: 200, body });
  expect(await limits.client.getLimits({ user: 'ada' })).toEqual(body);
  expect(await limits.client.replaceLimits({ user: { jobs_queued: 5 } })).toEqual(body);
  expect(limits.asked).toEqual(['GET /pawl/v1/limits?user=ada', 'PUT /pawl/v1/limits']);
  const usage = await clientOf({ status: 200, body: emptyList });
  await usage.client.listUsage({ model: 'openai/gpt-4o', from: '2026-11-01' });
  expect(usage.asked).toEqual(['GET /pawl/v1/usage?model=openai%2Fgpt-4o&from=2026-11-01']);
});

test('ids cannot reach another path', async () => {
  const { client, asked } = await clientOf({ status: 200, body: aJob() });
  await client.getJob('../x?y', { wait: 3, after: 1 });
  expect(asked).toEqual(['GET /pawl/v1/jobs/..%2Fx%3Fy?wait=3&after=1']);
});

test('a readiness answer tells what is missing', async () => {
  const ready = await clientOf({ status: 200, body: { status: 'ready', problems: [] } });
  expect(await ready.client.readiness()).toEqual({ ready: true });
  const problems = ['No worker has been seen lately.'];
  const waiting = await clientOf({ status: 503, body: { status: 'not_ready', problems } });
  expect(await waiting.client.readiness()).toEqual({ ready: false, problems });
});

test('an unknown job is an error with its code', async () => {
  const body = {
    type: 'about:blank',
    title: 'There is no such thing',
    status: 404,
    code: 'not_found',
    detail: 'There is no job job_0_a.',
    request_id: 'r',
  };
  const { client, asked } = await clientOf({ status: 404, body });
  const error: unknown = await client.getJob('job_0_a').catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(PawlApiError);
  expect(error).toMatchObject({ status: 404, code: 'not_found', requestId: 'r' });
  expect(asked).toHaveLength(1);
});

test('an abort ends a request that waits', async () => {
  const { client } = await clientOf('silence');
  const controller = new AbortController();
  const answer = client.getJob('job_0_a', { wait: 60, after: 0, signal: controller.signal });
  controller.abort(new Error('enough'));
  await expect(answer).rejects.toThrow('enough');
});

test('a dropped connection is an error of its own', async () => {
  const client = createPawlClient({
    baseUrl: await unusedOrigin(),
    retry: { retries: 0, firstPauseMilliseconds: 0, longestPauseMilliseconds: 0 },
  });
  await expect(client.readiness()).rejects.toBeInstanceOf(PawlConnectionError);
});

test.each([
  ['not an address', 'localhost'],
  ['another protocol', 'ftp://localhost'],
  ['credentials in the address', 'http://user:secret@localhost'],
])('%s is refused without being shown', (_name, baseUrl) => {
  expect(() => createPawlClient({ baseUrl })).toThrow(TypeError);
  expect(() => createPawlClient({ baseUrl })).not.toThrow(/secret/);
});
