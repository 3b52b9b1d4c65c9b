import { gzipSync } from 'node:zlib';
import { ConversationId, Job, JobId, type Problem } from '@pawl/contracts';
import { admit } from '@pawl/engine';
import { startSandbox } from '@pawl/sandbox';
import { testRedis } from '@pawl/testing';
import { afterAll, expect, test } from 'vitest';
import { apiClient } from './harness/api-client.ts';
import { completeJob } from './harness/drive-job.ts';
import { startTestGateway } from './harness/start-test-gateway.ts';

const redis = testRedis();
const sandbox = await startSandbox();
afterAll(() => sandbox.close());
const gateway = await startTestGateway(redis, {
  scalekit: sandbox,
  settings: {
    defaults: {
      user: 'user_123',
      connections: ['gmail', 'github'],
      model: 'openai/gpt-4o-mini',
      instructions: 'Be brief.',
    },
  },
});
const api = apiClient(gateway.url);

test('a job is accepted with 202, its Location, and every default from the environment', async () => {
  const { status, headers, body } = await api.post('/v1/jobs', { prompt: 'Read my mails' });
  expect(status).toBe(202);
  expect(headers.get('location')).toBe(`/v1/jobs/${body.id}`);
  expect(Job.parse(body)).toMatchObject({
    object: 'job',
    status: 'queued',
    sequence: 1,
    user: 'user_123',
    prompt: 'Read my mails',
    model: 'openai/gpt-4o-mini',
    connections: ['gmail', 'github'],
    metadata: {},
    result: null,
    error: null,
    required_action: null,
  });
  expect(JobId.safeParse(body.id).success).toBe(true);
  expect(ConversationId.safeParse(body.conversation).success).toBe(true);
  expect(await gateway.store.readRequest(body.id)).toMatchObject({ instructions: 'Be brief.' });
  expect((await api.get(`/v1/jobs/${body.id}`)).body).toEqual({ ...body, asked: {} });
});

const order = JSON.stringify({ prompt: 'Lies meine Mails, möglichst alle 🎉' });

test.each([
  ['plain', Buffer.from(order), {}],
  ['with a byte order mark', Buffer.from(`\uFEFF${order}`), {}],
  ['with its charset', Buffer.from(order), { 'Content-Type': 'Application/JSON; charset="UTF-8"' }],
  [
    'as UTF-16',
    Buffer.from(order, 'utf16le'),
    { 'Content-Type': 'application/json; charset=utf-16le' },
  ],
  ['compressed', gzipSync(order), { 'Content-Encoding': 'gzip' }],
  ['in chunks without a length', chunked(order), {}],
] as const)('a body that comes %s is read', async (_how, body, headers) => {
  const answer = await fetch(`${gateway.url}/v1/jobs`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body,
    ...(body instanceof ReadableStream && { duplex: 'half' }),
  });
  expect(answer.status).toBe(202);
  expect(await answer.json()).toMatchObject(JSON.parse(order));
});

function chunked(text: string): ReadableStream {
  const bytes = Buffer.from(text);
  // Within a character.
  const middle = bytes.indexOf(0xc3) + 1;
  return ReadableStream.from([bytes.subarray(0, middle), bytes.subarray(middle)]);
}

test('HEAD is answered with the headers of GET, and no body', async () => {
  const { id } = (await api.post('/v1/jobs', { prompt: 'Work' })).body;
  const ask = (method: string) => fetch(`${gateway.url}/v1/jobs/${id}`, { method });
  const [shown, head] = [await ask('GET'), await ask('HEAD')];
  const text = await shown.text();
  expect(head.status).toBe(200);
  expect(await head.text()).toBe('');
  for (const { headers } of [shown, head]) {
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(headers.get('content-length')).toBe(String(Buffer.byteLength(text)));
  }
});

test('an admission whose ids are taken after all is the job that is there', async () => {
  const { id, conversation } = (await api.post('/v1/jobs', { prompt: 'Work' })).body;
  const { store } = gateway;
  const [state, request] = [await store.readJob(id), await store.readRequest(id)];
  if (state === undefined) throw new Error('no job');
  const { tenant, user, limits, onUnknownOutcome, priority } = state;
  const outcome = await admit(gateway.engine, {
    id,
    isNew: true,
    conversation,
    startsConversation: true,
    request,
    tenant,
    user,
    limits,
    onUnknownOutcome,
    priority,
    whenBusy: 'queue',
  });
  expect(outcome).toEqual({ kind: 'admitted', job: state });
  expect((await store.readConversation(conversation))?.revision).toBe(1);
});

test('what a request names wins over the defaults', async () => {
  const { body } = await api.post('/v1/jobs', {
    prompt: 'Read',
    user: 'alice',
    connections: ['slack'],
    model: 'anthropic/claude-sonnet-4.5',
    fallback_models: ['openai/gpt-4o'],
    model_options: { temperature: 0, provider: { sort: 'price' } },
    instructions: 'Answer in French.',
    response_format: { type: 'json_object' },
    tools: { allow: ['slack_*'], deny: ['slack_delete_*'] },
    limits: { turns: 3, deadline_seconds: 60 },
    metadata: { ticket: '42' },
  });
  expect(body).toMatchObject({ user: 'alice', connections: ['slack'], metadata: { ticket: '42' } });
  expect(Date.parse(body.expires_at) - Date.parse(body.created_at)).toBe(60_000);
  expect(await gateway.store.readRequest(body.id)).toEqual({
    prompt: 'Read',
    looksUp: true,
    models: ['anthropic/claude-sonnet-4.5', 'openai/gpt-4o'],
    modelOptions: { temperature: 0, provider: { sort: 'price' } },
    instructions: 'Answer in French.',
    responseFormat: { type: 'json_object' },
    connections: ['slack'],
    tools: { allow: ['slack_*'], deny: ['slack_delete_*'] },
    metadata: { ticket: '42' },
    asked: {
      kept: ['model', 'fallback_models', 'instructions', 'response_format'],
      merged: {
        connections: ['slack'],
        model_options: { temperature: 0, provider: { sort: 'price' } },
        tools: { allow: ['slack_*'], deny: ['slack_delete_*'] },
        limits: { turns: 3, deadline_seconds: 60 },
        metadata: { ticket: '42' },
      },
    },
  });
});

test('a delayed job waits as queued, and its deadline counts from its start', async () => {
  const { body } = await api.post('/v1/jobs', {
    prompt: 'Later',
    delay_seconds: 3_600,
    limits: { deadline_seconds: 60 },
  });
  expect(body.status).toBe('queued');
  const lifetime = Date.parse(body.expires_at) - Date.parse(body.created_at);
  expect(lifetime).toBeGreaterThanOrEqual(3_659_000);
  expect((await gateway.store.readJob(body.id))?.phase.name).toBe('scheduled');
});

test('unknown connections are named, with the known ones', async () => {
  const { status, body } = await api.postText(
    '/v1/jobs',
    JSON.stringify({ prompt: 'Read', connections: ['gmail', 'gmail', 'gmial', 'jira'] }),
  );
  expect(status).toBe(400);
  expect(body.code).toBe('unknown_connection');
  expect(body.detail).toContain('gmial, jira');
  expect(body.detail).toMatch(/known are .*gmail/);
  expect(body.errors?.map(({ path }) => path)).toEqual(['connections[2]', 'connections[3]']);
});

test('while Scalekit cannot be asked, the job is accepted: the worker will say', async () => {
  const alone = await startTestGateway(redis);
  const { status } = await apiClient(alone.url).post('/v1/jobs', {
    prompt: 'Read',
    connections: ['anything'],
  });
  expect(status).toBe(202);
});

test('a job of a conversation is its user’s, and stands in line', async () => {
  const first = await api.post('/v1/jobs', { prompt: 'One', user: 'bob' });
  const { conversation } = first.body;
  const second = await api.post('/v1/jobs', { prompt: 'Two', conversation });
  expect(second.body).toMatchObject({ user: 'bob', conversation, status: 'queued' });
  expect((await gateway.store.readConversation(conversation))?.line).toMatchObject({
    next: second.body.id,
    count: 1,
  });
});

test('a conversation’s user cannot change', async () => {
  const { body } = await api.post('/v1/jobs', { prompt: 'One', user: 'bob' });
  const { conversation } = body;
  const answer = await api.postText(
    '/v1/jobs',
    JSON.stringify({ prompt: 'Two', user: 'eve', conversation }),
  );
  expect(answer.status).toBe(400);
  expect(answer.body.errors).toEqual([
    { path: 'user', message: 'is not the user of this conversation, which cannot change' },
  ]);
});

test('a busy conversation refuses a job that says reject, and cancels for one that says interrupt', async () => {
  const first = await api.post('/v1/jobs', { prompt: 'One' });
  const { conversation } = first.body;
  const rejected = await api.postText(
    '/v1/jobs',
    JSON.stringify({ prompt: 'Two', conversation, when_busy: 'reject' }),
  );
  expect(rejected.status).toBe(409);
  expect(rejected.body.code).toBe('conversation_busy');
  const interrupting = { prompt: 'Three', conversation, when_busy: 'interrupt' };
  const third = await api.post('/v1/jobs', interrupting);
  expect(third.status).toBe(202);
  expect((await api.get(`/v1/jobs/${first.body.id}`)).body.status).toBe('cancelled');
});

test('a conversation whose job has ended takes the next at once', async () => {
  const first = await api.post('/v1/jobs', { prompt: 'One' });
  await completeJob(gateway.engine, first.body.id, 'Done.');
  const { conversation } = first.body;
  const second = await api.post('/v1/jobs', { prompt: 'Two', conversation, when_busy: 'reject' });
  expect(second.status).toBe(202);
});

test('the same Idempotency-Key and body answer the first job as it is now', async () => {
  const headers = { 'Idempotency-Key': 'replayed' };
  const first = await api.post(
    '/v1/jobs',
    { prompt: 'Once', metadata: { b: '2', a: '1' } },
    headers,
  );
  await completeJob(gateway.engine, first.body.id, 'Done.');
  const again = await api.post(
    '/v1/jobs',
    { metadata: { a: '1', b: '2' }, prompt: 'Once' },
    headers,
  );
  expect(again.status).toBe(202);
  expect(again.body).toMatchObject({ id: first.body.id, status: 'completed' });
  expect(again.body.result).toEqual({ text: 'Done.' });
});

test('the same Idempotency-Key with another body is 409', async () => {
  const headers = { 'Idempotency-Key': 'taken' };
  await api.post('/v1/jobs', { prompt: 'One' }, headers);
  const other = await api.postText('/v1/jobs', JSON.stringify({ prompt: 'Two' }), headers);
  expect(other.status).toBe(409);
  expect(other.body.code).toBe('idempotency_mismatch');
});

test('twenty requests at once with one Idempotency-Key make one job', async () => {
  const headers = { 'Idempotency-Key': 'raced' };
  const answers = await Promise.all(
    Array.from({ length: 20 }, () =>
      api.post('/v1/jobs', { prompt: 'Once', user: 'racer' }, headers),
    ),
  );
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 202));
  expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
  expect(new Set(answers.map(({ body }) => body.conversation)).size).toBe(1);
  const list = await api.get<{ data: Job[] }>('/v1/jobs?user=racer');
  expect(list.body.data).toHaveLength(1);
});

test('a key whose first request was refused can be used again, for another body too', async () => {
  const first = await api.post('/v1/jobs', { prompt: 'One' });
  const { conversation } = first.body;
  const gone = conversation.replace(/.{6}$/, 'absent');
  const refused = [
    { prompt: 'Two', conversation, when_busy: 'reject' },
    { prompt: 'Two', conversation: gone },
    { prompt: 'Two', connections: ['gmial'] },
    { prompt: 'Two', conversation, user: 'eve' },
    { prompt: 'Two', webhook: { url: 'https://example.com/' } },
    { prompt: 'Two', model: 7 },
  ];
  for (const [place, body] of refused.entries()) {
    const headers = { 'Idempotency-Key': `refused-${place}` };
    const { status } = await api.post<Problem>('/v1/jobs', body, headers);
    expect([400, 404, 409, 422]).toContain(status);
    expect((await api.post('/v1/jobs', { prompt: 'Other' }, headers)).status).toBe(202);
  }
  const headers = { 'Idempotency-Key': 'refused-and-repeated' };
  expect((await api.post('/v1/jobs', refused[0], headers)).status).toBe(409);
  await completeJob(gateway.engine, first.body.id, 'Done.');
  expect((await api.post('/v1/jobs', refused[0], headers)).status).toBe(202);
});

test('a repeated request is answered with its job, even where its own job is what would refuse it', async () => {
  const first = await api.post('/v1/jobs', { prompt: 'One' });
  await completeJob(gateway.engine, first.body.id, 'Done.');
  const { conversation } = first.body;
  const wanted = { prompt: 'Two', conversation, when_busy: 'reject' };
  const headers = { 'Idempotency-Key': 'busy-by-itself' };
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => api.post('/v1/jobs', wanted, headers)),
  );
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 202));
  expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
});
