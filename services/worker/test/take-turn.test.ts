import type { JobState } from '@pawl/contracts';
import { testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { scripted, startTestWorker } from './harness/start-test-worker.ts';

const worker = await startTestWorker(testRedis());
const impatient = await startTestWorker(testRedis(), { firstModelTimeout: 300 });

test('a prompt goes the whole way: model, tool, answer', async () => {
  const id = await worker.post({ prompt: 'Fetch my last 5 unread emails and summarize them.' });
  const ended = await worker.ended(id);
  expect(ended.status).toBe('completed');
  expect(ended.job.usage).toMatchObject({ modelCalls: 2, toolCalls: 1 });
  const steps = await worker.steps(id);
  expect(steps.map(({ type }) => type)).toEqual(['turn', 'tool_call', 'turn']);
  expect(steps[1]).toMatchObject({
    tool: 'gmail_fetch_mails',
    connection: 'gmail',
    input: { max_results: 5, query: 'is:unread' },
    status: 'succeeded',
    attempts: 1,
  });
  expect(steps[0]).toMatchObject({ tools_loaded: 56 });
});

test('a job without connections is answered without tools', async () => {
  const id = await worker.post({ prompt: scripted([{ text: 'Hello.' }]), connections: [] });
  expect(await worker.ended(id)).toMatchObject({ status: 'completed', text: 'Hello.' });
});

test.each([
  ['429 with Retry-After', { kind: 'http_status', status: 429, retryAfterSeconds: 0.05 }],
  ['500', { kind: 'http_status', status: 500 }],
  ['503', { kind: 'http_status', status: 503 }],
  ['a dropped connection', { kind: 'drop_connection' }],
  ['a 200 with an error in it', { kind: 'error_in_success' }],
  ['a 200 without choices', { kind: 'no_choices' }],
] as const)('%s heals: the turn is taken again', async (name, effect) => {
  const text = `healed after ${name}`;
  worker.control.addFault({ match: { operation: 'model', promptIncludes: text }, effect });
  const id = await worker.post({ prompt: scripted([{ text }]), connections: [] });
  expect(await worker.ended(id)).toMatchObject({ status: 'completed', text });
  expect((await worker.steps(id))[0]).toMatchObject({ attempts: 2 });
});

test('a hang heals: the turn is taken again', async () => {
  const text = 'healed after a hang';
  const match = { operation: 'model', promptIncludes: text };
  const fault = impatient.control.addFault({ match, times: 'always', effect: { kind: 'hang' } });
  const id = await impatient.post({ prompt: scripted([{ text }]), connections: [] });
  await impatient.until(id, ({ phase }) => hasFailed(phase));
  impatient.control.clearFaults(fault);
  // The second call may have come already: it has all the time in the world.
  impatient.control.release(match);
  expect(await impatient.ended(id)).toMatchObject({ status: 'completed', text });
  expect((await impatient.steps(id))[0]).toMatchObject({ attempts: 2 });
});

test.each([
  [400, 'model_bad_request'],
  [401, 'model_unauthorized'],
  [403, 'model_forbidden'],
  [404, 'model_not_found'],
])('%i fails at once, with a code of its own', async (status, code) => {
  const text = `fails with ${status}`;
  worker.control.addFault({
    match: { operation: 'model', promptIncludes: text },
    times: 'always',
    effect: { kind: 'http_status', status },
  });
  const id = await worker.post({ prompt: scripted([{ text }]), connections: [] });
  const ended = await worker.ended(id);
  expect(ended).toMatchObject({ status: 'failed', failure: { code, retryable: false } });
  const asked = worker.control.modelRequests().items.filter(({ prompt }) => prompt.includes(text));
  expect(asked).toHaveLength(1);
});

test('a model that never answers fails the job after its attempts', async () => {
  const text = 'never answers';
  worker.control.addFault({
    match: { operation: 'model', promptIncludes: text },
    times: 'always',
    effect: { kind: 'http_status', status: 502 },
  });
  const id = await worker.post({ prompt: scripted([{ text }]), connections: [] });
  expect(await worker.ended(id)).toMatchObject({
    status: 'failed',
    failure: { code: 'model_unavailable', retryable: true },
  });
  const asked = worker.control.modelRequests().items.filter(({ prompt }) => prompt.includes(text));
  expect(asked).toHaveLength(worker.engine.rules.turnAttempts);
});

test('an empty account falls back to the next model', async () => {
  const text = 'falls back';
  worker.control.addFault({
    match: { operation: 'model', promptIncludes: text, model: 'openai/first' },
    times: 'always',
    effect: { kind: 'http_status', status: 402 },
  });
  const id = await worker.post({
    prompt: scripted([{ text }]),
    connections: [],
    model: 'openai/first',
    fallback_models: ['openai/second'],
  });
  expect(await worker.ended(id)).toMatchObject({ status: 'completed', text });
  expect((await worker.store.readJob(id))?.model).toBe(1);
});

test('a used-up quota without a way out fails the job', async () => {
  const text = 'quota';
  worker.control.addFault({
    match: { operation: 'model', promptIncludes: text },
    effect: { kind: 'quota_exhausted', resetAt: new Date(Date.now() + 7_200_000).toISOString() },
  });
  const id = await worker.post({
    prompt: scripted([{ text }]),
    connections: [],
    limits: { deadline_seconds: 600 },
  });
  expect(await worker.ended(id)).toMatchObject({
    status: 'failed',
    failure: { code: 'model_quota_exceeded' },
  });
});

test('a quota that comes back within the deadline is waited for, as state only', async () => {
  const text = 'comes back';
  const resetAt = new Date(Date.now() + 600_000);
  worker.control.addFault({
    match: { operation: 'model', promptIncludes: text },
    effect: { kind: 'quota_exhausted', resetAt: resetAt.toISOString() },
  });
  const id = await worker.post({ prompt: scripted([{ text }]), connections: [] });
  const waiting = await worker.until(
    id,
    ({ phase }) =>
      phase.name === 'turn' &&
      phase.step.status === 'ready' &&
      phase.step.notBefore > 0 &&
      phase.step.since > 1,
  );
  expect(waiting.phase).toMatchObject({ step: { notBefore: resetAt.getTime(), attempts: 1 } });
});

function hasFailed(phase: JobState['phase']): boolean {
  return phase.name === 'turn' && 'attempts' in phase.step && phase.step.attempts > 0;
}

test('unknown fields of a reply survive into the next request', async () => {
  const prompt = 'keep my reasoning';
  const reasoning_details = [{ type: 'reasoning.encrypted', data: 'abc' }];
  worker.control.scriptModel([
    {
      match: { promptIncludes: prompt },
      turns: [
        {
          toolCalls: [{ name: 'gmail_get_profile', arguments: {} }],
          reasoningDetails: reasoning_details,
        },
        { text: 'kept' },
      ],
    },
  ]);
  const id = await worker.post({ prompt });
  expect(await worker.ended(id)).toMatchObject({ status: 'completed', text: 'kept' });
  const asked = worker.control.modelRequests().items.filter((each) => each.prompt === prompt);
  expect(asked.map(({ body }) => body)).toMatchObject([
    { messages: [{ role: 'user' }] },
    { messages: [{ role: 'user' }, { role: 'assistant', reasoning_details }, { role: 'tool' }] },
  ]);
});

test('a response format gives a result with json', async () => {
  const id = await worker.post({
    prompt: 'How many colours does a rainbow have?',
    connections: [],
    response_format: {
      type: 'json_schema',
      json_schema: {
        name: 'answer',
        schema: {
          type: 'object',
          properties: { count: { type: 'integer' } },
          required: ['count'],
          additionalProperties: false,
        },
      },
    },
  });
  const ended = await worker.ended(id);
  expect(ended.json).toEqual({ count: expect.any(Number) });
});

test('what a step logs is ids, names and times: no prompt, no argument, no result, no secret', async () => {
  const id = await worker.post({
    prompt: 'Fetch my last 3 unread emails. The code word is heliotrope.',
  });
  const ended = await worker.ended(id);
  const log = worker.lines.filter((line) => line.includes(id)).join('');
  expect(log).toContain('"tool":"gmail_fetch_mails"');
  expect(log).toContain('"milliseconds":');
  for (const secret of [
    'heliotrope',
    'is:unread',
    ended.text ?? '',
    'sandbox-oauth-token',
    'sk-sandbox',
    'sandbox-client-secret',
  ]) {
    expect(worker.lines.join('')).not.toContain(secret);
  }
});
