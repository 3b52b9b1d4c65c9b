import type { IncomingMessage, ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import {
  createPawlClient,
  PawlAnswerError,
  PawlApiError,
  type PawlClient,
  PawlConnectionError,
} from '../src/index.ts';
import { serve, unusedOrigin } from './serve.ts';

type Answer = (response: ServerResponse, request: IncomingMessage) => unknown;

const json = (status: number, body: unknown, headers = {}): Answer => {
  return (response) => response.writeHead(status, headers).end(JSON.stringify(body));
};
const list = (ids: string[], next: string | null) =>
  json(200, { object: 'list', data: ids.map((id) => ({ id })), next_cursor: next });
const page: Answer = (response) =>
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<p>hello</p>');
const elsewhere: Answer = (response) =>
  response.writeHead(302, { location: 'http://localhost:9/' }).end();
const drop: Answer = (response) => response.destroy();
const job = { id: 'job_0_a', object: 'job', status: 'in_progress', sequence: 3, finished_at: null };
const ended = { ...job, status: 'completed', sequence: 4, finished_at: '2026-11-26T10:00:00Z' };
const problem = {
  type: 'about:blank',
  title: 'The request is not valid',
  status: 400,
  code: 'invalid_request',
  detail: 'Two fields are wrong.',
  errors: [
    { path: 'limits.turns', message: 'must be at least 1' },
    { path: '', message: 'must be an object' },
  ],
  request_id: 'r1',
};

/** A client of a server that gives one answer after the other, and what it was asked. */
async function clientOf(...answers: readonly Answer[]) {
  const asked: string[] = [];
  const keys: unknown[] = [];
  const origin = await serve((request, response) => {
    const answer = answers[asked.length];
    asked.push(`${request.method} ${request.url}`);
    keys.push(request.headers['idempotency-key']);
    if (answer === undefined) response.writeHead(418).end();
    else answer(response, request);
  });
  return { client: clientAt(`${origin}/pawl`), asked, keys };
}

function clientAt(baseUrl: string): PawlClient {
  return createPawlClient({
    baseUrl,
    apiKey: 'secret-key',
    retry: { retries: 3, firstPauseMilliseconds: 1, longestPauseMilliseconds: 1 },
  });
}

async function failureOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => expect.unreachable(),
    (error: unknown) => error,
  );
}

test('a query is sent as the API wants it, below the path of the address', async () => {
  const { client, asked } = await clientOf(json(200, { object: 'list', data: [] }));
  const page = await client.jobs.list({
    status: 'queued',
    user: 'a b',
    metadata: { order: '5&6' },
    created_from: new Date('2026-11-26T10:00:00Z'),
    conversation: undefined,
    limit: 5,
  });
  expect(page).toEqual({ object: 'list', data: [], next_cursor: null });
  expect(decodeURIComponent(asked[0] ?? '')).toBe(
    'GET /pawl/v1/jobs?status=queued&user=a+b&metadata[order]=5&6&created_from=2026-11-26T10:00:00.000Z&limit=5',
  );
});

test('ids cannot reach another path', async () => {
  const { client, asked } = await clientOf(json(200, job));
  await client.jobs.get('../x?y', { wait: 3, after: 1 });
  expect(asked).toEqual(['GET /pawl/v1/jobs/..%2Fx%3Fy?wait=3&after=1']);
  for (const id of ['', '.', '..']) {
    await expect(client.jobs.get(id)).rejects.toBeInstanceOf(TypeError);
  }
});

test('fields and values that are new are kept', async () => {
  const newer = { ...job, status: 'paused', colour: 'blue' };
  const { client } = await clientOf(json(200, newer));
  expect(await client.jobs.get('job_0_a')).toEqual(newer);
});

test('a list is iterated page by page, and only as far as it is read', async () => {
  const { client, asked } = await clientOf(list(['1', '2'], 'b'), list(['3'], 'c'), list([], null));
  const read: string[] = [];
  for await (const { id } of client.jobs.list({ limit: 2 })) read.push(`${id} of ${asked.length}`);
  expect(read).toEqual(['1 of 1', '2 of 1', '3 of 2']);
  expect(asked.map((each) => each.split('?')[1])).toEqual([
    'limit=2',
    'limit=2&cursor=b',
    'limit=2&cursor=c',
  ]);
});

test('a list that goes round in circles is left', async () => {
  const { client } = await clientOf(list(['1'], 'b'), list(['1'], 'b'), list(['1'], 'b'));
  const read = async () => {
    for await (const each of client.jobs.list()) expect(each.id).toBe('1');
  };
  await expect(read()).rejects.toBeInstanceOf(PawlAnswerError);
});

test('a job is posted again under the same key, until an answer comes', async () => {
  const busy = json(503, { ...problem, code: 'storage_unavailable' }, { 'retry-after': '0' });
  const { client, asked, keys } = await clientOf(drop, busy, json(202, job));
  expect(await client.jobs.create({ prompt: 'Hi.' })).toEqual(job);
  expect(asked).toEqual(Array.from({ length: 3 }, () => 'POST /pawl/v1/jobs'));
  expect(new Set(keys).size).toBe(1);
  expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
});

test('a key that was given is sent, and one that is none is refused', async () => {
  const { client, keys } = await clientOf(json(202, job), json(202, job));
  await client.jobs.create({ prompt: 'Hi.' }, { idempotencyKey: 'order-5' });
  await client.schedules.trigger('sch_0_a', { idempotencyKey: 'today' });
  expect(keys).toEqual(['order-5', 'today']);
  const refused = client.jobs.create({ prompt: 'Hi.' }, { idempotencyKey: 'two\nlines' });
  await expect(refused).rejects.toBeInstanceOf(TypeError);
});

test('what could have its effect twice is not repeated', async () => {
  const { client, asked } = await clientOf(drop, json(202, job));
  await expect(client.jobs.retry('job_0_a')).rejects.toBeInstanceOf(PawlConnectionError);
  expect(asked).toHaveLength(1);
  const limited = await clientOf(json(429, problem, { 'retry-after': '0' }), json(202, job));
  expect(await limited.client.jobs.retry('job_0_a')).toEqual(job);
});

test('what an attempt has deleted whose answer got lost, is deleted', async () => {
  const gone = json(404, { ...problem, status: 404, code: 'not_found' });
  const lost = await clientOf(drop, gone);
  await lost.client.agents.delete('triage');
  expect(lost.asked).toHaveLength(2);
  const never = await clientOf(gone);
  await expect(never.client.agents.delete('triage')).rejects.toMatchObject({ code: 'not_found' });
});

test('a problem keeps its code, its fields, its request id and the time to wait', async () => {
  const { client } = await clientOf(json(400, problem, { 'retry-after': '2' }));
  const error = await failureOf(client.jobs.get('job_0_a'));
  expect(error).toBeInstanceOf(PawlApiError);
  expect(error).toMatchObject({
    status: 400,
    code: 'invalid_request',
    detail: 'Two fields are wrong.',
    errors: problem.errors,
    requestId: 'r1',
    retryAfter: 2,
    message: 'Two fields are wrong.\n  limits.turns: must be at least 1\n  must be an object',
  });
});

test("an error page that is not Pawl's is named as that, without its text", async () => {
  const { client } = await clientOf((response) => response.writeHead(401).end('<p>a secret</p>'));
  const error = await failureOf(client.jobs.get('job_0_a'));
  expect(error).toMatchObject({ status: 401, code: 'unexpected_answer' });
  expect(String(error)).not.toContain('secret');
});

test('a success that is not JSON is an error that names what was asked and what came', async () => {
  const { client } = await clientOf(page, json(200, ['a']), json(200, { object: 'list' }));
  const error = await failureOf(client.jobs.get('job_0_a'));
  expect(error).toBeInstanceOf(PawlAnswerError);
  expect(String(error)).toContain('GET /v1/jobs/{id} is not a JSON object (200, text/html)');
  await expect(client.jobs.get('job_0_a')).rejects.toBeInstanceOf(PawlAnswerError);
  await expect(client.jobs.list()).rejects.toBeInstanceOf(PawlAnswerError);
});

test('a redirect is not followed', async () => {
  const { client, asked } = await clientOf(elsewhere);
  await expect(client.jobs.get('a')).rejects.toMatchObject({ code: 'unexpected_answer' });
  expect(asked).toHaveLength(1);
});

test('an abort ends a request that waits, and one that has not begun', async () => {
  const { client, asked } = await clientOf(() => undefined);
  const controller = new AbortController();
  const answer = client.jobs.get('job_0_a', { wait: 60, signal: controller.signal });
  await expect.poll(() => asked.length).toBe(1);
  controller.abort(new Error('enough'));
  await expect(answer).rejects.toThrow('enough');
  await expect(client.jobs.list({ signal: controller.signal })).rejects.toThrow('enough');
  expect(asked).toHaveLength(1);
});

test('a gateway that does not answer is an error of its own, after each attempt had its time', async () => {
  const nobody = clientAt(await unusedOrigin());
  const error = await failureOf(nobody.readiness());
  expect(error).toBeInstanceOf(PawlConnectionError);
  expect(String(error)).toContain('ECONNREFUSED');
  let attempts = 0;
  const impatient = createPawlClient({
    baseUrl: await serve(() => undefined),
    timeoutMilliseconds: 20,
    retry: { retries: 1, firstPauseMilliseconds: 1 },
    fetch: (...request) => {
      attempts += 1;
      return fetch(...request);
    },
  });
  await expect(impatient.jobs.get('a')).rejects.toThrow('no answer within 0.02 s');
  expect(attempts).toBe(2);
});

test('a readiness answer tells what is missing', async () => {
  const problems = ['No worker has been seen lately.'];
  const { client } = await clientOf(
    json(200, { status: 'ready', problems: [] }),
    json(503, { status: 'not_ready', problems }),
    (response) => response.writeHead(500).end(),
  );
  expect(await client.readiness()).toEqual({ ready: true });
  expect(await client.readiness()).toEqual({ ready: false, problems });
  expect(await client.readiness()).toEqual({
    ready: false,
    problems: ['The address answered 500.'],
  });
});

test('a job is waited for over outages and long polls', async () => {
  const { client, asked } = await clientOf(json(200, job), drop, json(503, {}), json(200, ended));
  expect(await client.jobs.wait('job_0_a')).toEqual(ended);
  expect(new Set(asked)).toEqual(new Set(['GET /pawl/v1/jobs/job_0_a?wait=60']));
});

test('a job that needs a person is an answer, or is waited on for its change', async () => {
  const waiting = { ...job, status: 'requires_action', sequence: 7 };
  const once = await clientOf(json(200, waiting));
  expect(await once.client.jobs.wait('job_0_a')).toEqual(waiting);
  const on = await clientOf(json(200, waiting), json(200, job), json(200, ended));
  expect(await on.client.jobs.wait('job_0_a', { until: 'ended' })).toEqual(ended);
  expect(on.asked.map((each) => each.split('?')[1])).toEqual([
    'wait=60',
    'wait=60&after=7',
    'wait=60',
  ]);
});

test('when the time to wait is over, the job is returned as it stands', async () => {
  const { client, asked } = await clientOf(json(200, job));
  expect(await client.jobs.wait('job_0_a', { timeoutSeconds: 0 })).toEqual(job);
  expect(asked).toEqual(['GET /pawl/v1/jobs/job_0_a']);
  const nobody = clientAt(await unusedOrigin());
  await expect(nobody.jobs.wait('a', { timeoutSeconds: 0 })).rejects.toBeInstanceOf(
    PawlConnectionError,
  );
});

test('a wait ends at once for a job that does not exist, and when it is aborted', async () => {
  const gone = json(404, { ...problem, status: 404, code: 'not_found' });
  const { client } = await clientOf(gone);
  await expect(client.jobs.wait('a')).rejects.toMatchObject({ code: 'not_found' });
  const { client: silent } = await clientOf(() => undefined);
  const signal = AbortSignal.timeout(20);
  await expect(silent.jobs.wait('a', { signal })).rejects.toMatchObject({ name: 'TimeoutError' });
});

test('the key is sent, and is in no error', async () => {
  const { client } = await clientOf((response, { headers }) =>
    response.writeHead(headers.authorization === 'Bearer secret-key' ? 400 : 500).end('{}'),
  );
  const error = await failureOf(client.jobs.get('a'));
  expect(error).toMatchObject({ status: 400 });
  expect(JSON.stringify(error)).not.toContain('secret-key');
});

test.each([
  ['not an address', { baseUrl: 'localhost' }],
  ['another protocol', { baseUrl: 'ftp://localhost' }],
  ['credentials in the address', { baseUrl: 'http://user:secret@localhost' }],
  ['a key of two lines', { baseUrl: 'http://localhost', apiKey: 'secret\nsecret' }],
])('%s is refused without being shown', (_name, settings) => {
  expect(() => createPawlClient(settings)).toThrow(TypeError);
  expect(() => createPawlClient(settings)).not.toThrow(/secret/);
});
