import { problems, type Problem } from '@pawl/contracts';
import { testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { apiClient } from './harness/api-client.ts';
import { startTestGateway } from './harness/start-test-gateway.ts';

const redis = testRedis();
const gateway = await startTestGateway(redis);
const api = apiClient(gateway.url);

const post = (body: unknown, headers = {}) =>
  api.postText('/v1/jobs', JSON.stringify(body), headers);

test.each([
  ['a missing field', {}, 'prompt', 'is required'],
  ['a wrong type', { prompt: 7 }, 'prompt', /must be text, or a list of parts/],
  ['an empty prompt', { prompt: '' }, 'prompt', /.+/],
  ['a prompt that is too long', { prompt: 'a'.repeat(100_001) }, 'prompt', /100000/],
  ['an unknown field', { prompt: 'a', promt: 'b' }, 'promt', 'is not a known field'],
  ['an unknown inner field', { prompt: 'a', limits: { turn: 1 } }, 'limits.turn', /not a known/],
  ['a number out of range', { prompt: 'a', limits: { turns: 0 } }, 'limits.turns', /.+/],
  ['a wrong list entry', { prompt: 'a', connections: ['gmail', ''] }, 'connections[1]', /name/],
  ['a user with a separator', { prompt: 'a', user: 'a::b' }, 'user', /::/],
  ['a malformed conversation', { prompt: 'a', conversation: 'x' }, 'conversation', /conv_/],
  ['an unknown choice', { prompt: 'a', when_busy: 'wait' }, 'when_busy', /queue/],
  [
    'two start times',
    { prompt: 'a', start_at: '2030-01-01T00:00:00Z', delay_seconds: 1 },
    'delay_seconds',
    /not both/,
  ],
  ['a start too far away', { prompt: 'a', start_at: '9999-01-01T00:00:00Z' }, 'start_at', /year/],
  ['half an emoji in a prompt', { prompt: 'a\ud83d' }, 'prompt', /surrogates/],
  [
    'half an emoji in instructions',
    { prompt: 'a', instructions: '\ude00' },
    'instructions',
    /surr/,
  ],
  [
    'half an emoji in an option',
    { prompt: 'a', model_options: { request_tags: ['a', '\ud83d'] } },
    'model_options.request_tags[1]',
    /surrogates/,
  ],
  ['half an emoji in metadata', { prompt: 'a', metadata: { a: '\ud83d' } }, 'metadata.a', /surr/],
  [
    'an unknown model option',
    { prompt: 'a', model_options: { cache: true } },
    'model_options.cache',
    /not a known/,
  ],
])('%s is a 400 that names it', async (_what, body, path, message) => {
  const answer = await post(body);
  expect(answer.status).toBe(400);
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  expect(answer.body).toMatchObject({ code: 'invalid_request', status: 400 });
  const found = answer.body.errors?.find((error) => error.path === path);
  expect(found?.message).toMatch(message);
  expect(answer.body.detail).toContain(path);
});

test('half an emoji in the prompt of a schedule is a 400 that names it', async () => {
  const body = JSON.stringify({ cron: '0 8 * * *', job: { prompt: 'a\ud83d' } });
  const answer = await api.postText('/v1/schedules', body);
  expect(answer.status).toBe(400);
  expect(answer.body.errors?.map(({ path }) => path)).toEqual(['job.prompt']);
});

test('every wrong field is named at once', async () => {
  const { body } = await post({ promt: 'a', user: 7, limits: { turns: 'many' } });
  expect(body.errors?.map(({ path }) => path).toSorted()).toEqual([
    'limits.turns',
    'prompt',
    'promt',
    'user',
  ]);
});

test.each([
  ['malformed JSON', '{"prompt": ', {}, 'malformed_json'],
  ['a body that is not an object', '"prompt"', {}, 'invalid_request'],
  ['an empty body', '', {}, 'invalid_request'],
  [
    'a body over a mebibyte',
    JSON.stringify({ prompt: 'a'.repeat(1_048_577) }),
    {},
    'body_too_large',
  ],
  ['another content type', 'prompt=a', { 'Content-Type': 'text/plain' }, 'unsupported_media_type'],
  ['an unknown encoding', '{}', { 'Content-Encoding': 'compress' }, 'unsupported_media_type'],
  ['an encoding that is not what it says', '{}', { 'Content-Encoding': 'gzip' }, 'malformed_json'],
  [
    'an unknown charset',
    '{}',
    { 'Content-Type': 'application/json; charset=ebcdic' },
    'unsupported_media_type',
  ],
  [
    'JSON nested beyond reason',
    `{"prompt":"a","model_options":{"provider":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_001)}}`,
    {},
    'invalid_request',
  ],
  [
    'JSON nested a little too deep',
    `{"prompt":"a","model_options":{"provider":${'{"a":'.repeat(100)}1${'}'.repeat(102)}`,
    {},
    'invalid_request',
  ],
  [
    'JSON of very many values',
    JSON.stringify({ prompt: 'a', model_options: { provider: { a: Array(20_000).fill(0) } } }),
    {},
    'invalid_request',
  ],
  [
    'a key that objects cannot copy',
    '{"prompt":"a","metadata":{"__proto__":"x"}}',
    {},
    'invalid_request',
  ],
  ['bytes that are no UTF-8', Buffer.from('{"prompt":"\xe9"}', 'latin1'), {}, 'malformed_json'],
  [
    'a number that would lose digits',
    '{"prompt":"a","model_options":{"provider":{"id":2512292042121000001}}}',
    {},
    'invalid_request',
  ],
] as const)('%s is refused with its code', async (_what, text, headers, code) => {
  const answer = await api.postText('/v1/jobs', text, headers);
  expect(answer.body.code).toBe(code);
  expect(answer.status).toBe(problems[code].status);
  expect(answer.body.title).toBe(problems[code].title);
});

test.each(['', ' ', 'a b', 'ключ', 'a'.repeat(256)])(
  'the Idempotency-Key "%s" is refused',
  async (key) => {
    const bytes = Buffer.from(key).toString('latin1');
    const answer = await post({ prompt: 'a' }, { 'Idempotency-Key': bytes });
    expect(answer.status).toBe(400);
    expect(answer.body.errors?.[0]?.path).toBe('Idempotency-Key');
  },
);

test.each([
  '/v1/jobs/job_0_unknown',
  '/v1/jobs/job_99_unknown',
  '/v1/jobs/conv_0_unknown',
  '/v1/jobs/%00',
  '/v1/jobs/job_0_unknown/steps',
  '/v1/conversations/conv_0_unknown/messages',
  '/v1/conversations/x/messages',
  '/v1/jobs?conversation=conv_0_unknown',
  '/v1/nothing',
  '/nothing',
])('GET %s is 404', async (path) => {
  const answer = await api.get<Problem>(path);
  expect(answer.status).toBe(404);
  expect(answer.body.code).toBe('not_found');
});

test('an unknown conversation in a request is 404', async () => {
  const answer = await post({ prompt: 'a', conversation: 'conv_0_unknown' });
  expect(answer.status).toBe(404);
  expect(answer.body.detail).toContain('conv_0_unknown');
});

test.each([
  ['/v1/jobs?limit=0', 'limit'],
  ['/v1/jobs?limit=101', 'limit'],
  ['/v1/jobs?limit=ten', 'limit'],
  ['/v1/jobs?limit=1&limit=2', 'limit'],
  ['/v1/jobs?status=done', 'status'],
  ['/v1/jobs?cursor=bm9uZQ', 'cursor'],
  ['/v1/jobs?conversation=x', 'conversation'],
  ['/v1/jobs?sort=asc', 'sort'],
])('GET %s is a 400 that names the parameter', async (path, parameter) => {
  const answer = await api.get<Problem>(path);
  expect(answer.status).toBe(400);
  expect(answer.body.errors?.[0]?.path).toBe(parameter);
});

test.each([
  ['DELETE', '/v1/jobs', 'GET, HEAD, POST'],
  ['POST', '/v1/jobs/job_0_a', 'GET, HEAD, DELETE'],
  ['GET', '/v1/jobs/job_0_a/cancel', 'POST'],
  ['OPTIONS', '/v1/jobs', 'GET, HEAD, POST'],
  ['POST', '/callback', 'GET, HEAD'],
  ['PUT', '/healthz', 'GET, HEAD'],
])('%s %s is 405 with the methods that exist', async (method, path, allowed) => {
  const answer = await api.send<Problem>(path, { method });
  expect(answer.status).toBe(405);
  expect(answer.headers.get('allow')).toBe(allowed);
  expect(answer.body.code).toBe('method_not_allowed');
});

test('every problem carries the id under which the log tells of it', async () => {
  const answer = await api.get<Problem>('/v1/jobs/job_0_unknown');
  expect(answer.body.request_id).toMatch(/^req_[0-9a-f]{32}$/);
  expect(answer.headers.get('x-request-id')).toBe(answer.body.request_id);
  const line = gateway.logged.find((logged) => logged.includes(answer.body.request_id));
  expect(JSON.parse(line ?? '{}')).toMatchObject({
    method: 'GET',
    route: '/v1/jobs/:id',
    status: 404,
    tenant: 'default',
    job: 'job_0_unknown',
  });
});

test('a job without user or model is refused when there is no default', async () => {
  const bare = await startTestGateway(redis, {
    settings: { defaults: { connections: [], instructions: '' } },
  });
  const { postText } = apiClient(bare.url);
  const withoutModel = await postText('/v1/jobs', JSON.stringify({ prompt: 'a', user: 'u' }));
  expect(withoutModel.body.errors?.[0]).toMatchObject({ path: 'model' });
  const withoutUser = await postText('/v1/jobs', JSON.stringify({ prompt: 'a', model: 'm' }));
  expect(withoutUser.body.errors?.[0]).toMatchObject({ path: 'user' });
});

test('nothing of Express shows, and nothing is cached', async () => {
  const { headers } = await api.get('/v1/nothing');
  expect(headers.get('x-powered-by')).toBeNull();
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('content-security-policy')).toContain("default-src 'none'");
});

test.each([
  ['POST', '/v1/jobs/job_0_x/cancel', { why: 'x' }, 'why'],
  ['POST', '/v1/schedules/sch_0_x/trigger', { prompt: 'x' }, 'prompt'],
  ['POST', '/v1/webhook-deliveries/whd_0_x/replay', { url: 'x' }, 'url'],
  ['POST', '/v1/jobs?dry_run=true', { prompt: 'x' }, 'dry_run'],
  ['PATCH', '/v1/schedules/sch_0_x?force=1', {}, 'force'],
  ['DELETE', '/v1/schedules/sch_0_x?dry_run=true', undefined, 'dry_run'],
  ['GET', '/v1/schedules/sch_0_x?fields=id', undefined, 'fields'],
])(
  '%s %s with something that nobody reads is a 400 that names it',
  async (method, path, body, field) => {
    const { status, body: problem } = await api.send<Problem>(path, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      headers: { 'Content-Type': 'application/json' },
    });
    expect(status).toBe(400);
    expect(problem.errors).toEqual([{ path: field, message: 'is not a known field' }]);
  },
);

test('malformed JSON is refused where no body is needed, too', async () => {
  const answer = await api.postText('/v1/jobs/job_0_x/cancel', '{"a":');
  expect(answer.body.code).toBe('malformed_json');
});
