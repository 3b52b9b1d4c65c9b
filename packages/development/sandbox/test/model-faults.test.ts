import type OpenAI from 'openai';
import {
  APIConnectionError,
  APIConnectionTimeoutError,
  type APIError,
  RateLimitError,
} from 'openai';
import { describe, expect, it } from 'vitest';
import type { FaultInput, Sandbox } from '../src/index.ts';
import { openAiFor, openSandbox, rejection } from './harness.ts';

const modelName = 'openai/gpt-4o-mini';
const hello: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: 'Hello!' }];

function create(
  sandbox: Sandbox,
  headers: Record<string, string> = {},
  more: Record<string, unknown> = {},
) {
  return openAiFor(sandbox).chat.completions.create(
    { model: modelName, messages: hello, ...more },
    { headers },
  );
}

async function failure(fault: FaultInput) {
  const sandbox = await openSandbox();
  sandbox.control.addFault({ match: { operation: 'model' }, ...fault });
  return (await rejection(create(sandbox))) as APIError;
}

describe('faults of the model endpoint', () => {
  it.each([400, 401, 402, 403, 404, 422, 500, 502, 503])('answers %i', async (status) => {
    const error = await failure({ effect: { kind: 'http_status', status, message: 'as told' } });
    expect(error.status).toBe(status);
    expect(error.message).toContain('as told');
  });

  it('answers 429 with Retry-After', async () => {
    const error = await failure({
      effect: { kind: 'http_status', status: 429, retryAfterSeconds: 2 },
    });
    expect(error).toBeInstanceOf(RateLimitError);
    expect(error.headers?.get('retry-after')).toBe('2');
  });

  it('answers an exhausted quota with code, reset_at and Retry-After', async () => {
    const error = await failure({ effect: { kind: 'quota_exhausted' } });
    expect(error.code).toBe('free_quota_exceeded');
    const { reset_at: resetAt } = error.error as { reset_at: string };
    expect(Date.parse(resetAt)).toBeGreaterThan(Date.now());
    expect(Number(error.headers?.get('retry-after'))).toBeGreaterThan(0);
  });

  it('limits a provider, and says so, but no other', async () => {
    const sandbox = await openSandbox();
    sandbox.control.addFault({
      match: { operation: 'model', provider: 'openai' },
      times: 'always',
      effect: { kind: 'rate_limited', scope: 'provider', retryAfterSeconds: 30 },
    });
    const error = (await rejection(create(sandbox))) as APIError;
    expect(error).toBeInstanceOf(RateLimitError);
    expect(error.headers?.get('retry-after')).toBe('30');
    expect(error.message).toContain('The provider openai asks for fewer requests');
    const other = await create(sandbox, {}, { model: 'google/gemini-2.5-flash' });
    expect(other.choices).toHaveLength(1);
  });

  it('limits one model, and names it', async () => {
    const error = await failure({
      effect: { kind: 'rate_limited', scope: 'model', retryAfterSeconds: 30 },
    });
    expect(error.message).toContain(modelName);
  });

  it('drops the connection', async () => {
    const error = await failure({ effect: { kind: 'drop_connection' } });
    expect(error).toBeInstanceOf(APIConnectionError);
  });

  it('holds a call until its client gives up', async () => {
    const sandbox = await openSandbox();
    sandbox.control.addFault({ match: { operation: 'model' }, effect: { kind: 'hang' } });
    const client = openAiFor(sandbox, { timeout: 200 });
    const error = await rejection(
      client.chat.completions.create({ model: modelName, messages: hello }),
    );
    expect(error).toBeInstanceOf(APIConnectionTimeoutError);
    await expect.poll(() => sandbox.control.held()).toEqual([]);
  });

  it('answers 200 with an error, or without choices', async () => {
    const sandbox = await openSandbox();
    const failed = await create(sandbox, { 'x-sandbox-fault': 'error-in-200' });
    expect(failed).toMatchObject({ error: { code: 'provider_error' } });
    const empty = await create(sandbox, { 'x-sandbox-fault': 'no-choices' });
    expect(empty.choices).toBeUndefined();
  });

  it('spoils the arguments of tool calls', async () => {
    const sandbox = await openSandbox();
    sandbox.control.scriptModel([{ turns: [{ toolCalls: [{ name: 'a', arguments: { b: 1 } }] }] }]);
    const completion = await create(sandbox, { 'x-sandbox-fault': 'bad-arguments' });
    const [call] = completion.choices[0]?.message.tool_calls ?? [];
    expect(
      () => JSON.parse(call?.type === 'function' ? call.function.arguments : '{}') as unknown,
    ).toThrow(SyntaxError);
  });

  it('cuts a stream in its middle', async () => {
    const sandbox = await openSandbox();
    sandbox.control.addFault({
      match: { operation: 'model' },
      when: 'after-effect',
      effect: { kind: 'drop_connection' },
    });
    const stream = await openAiFor(sandbox).chat.completions.create({
      model: modelName,
      messages: hello,
      stream: true,
    });
    const pieces: string[] = [];
    const readAll = async () => {
      for await (const chunk of stream) pieces.push(chunk.choices[0]?.delta.content ?? '');
    };
    await rejection(readAll());
    expect(sandbox.control.modelRequests().items).toMatchObject([{ answered: true }]);
    const whole = (await create(sandbox)).choices[0]?.message.content ?? '';
    const read = pieces.join('');
    expect(read).not.toBe('');
    expect(read).not.toBe(whole);
    expect(whole.startsWith(read)).toBe(true);
  });

  it('takes faults per request by header, and says when it does not know one', async () => {
    const sandbox = await openSandbox();
    const limited = (await rejection(
      create(sandbox, { 'x-sandbox-fault': '429; retry-after=7' }),
    )) as APIError;
    expect([limited.status, limited.headers?.get('retry-after')]).toEqual([429, '7']);
    const json = await rejection(
      create(sandbox, { 'x-sandbox-fault': '{"kind":"http_status","status":503}' }),
    );
    expect(json).toMatchObject({ status: 503 });
    const unknown = await rejection(create(sandbox, { 'x-sandbox-fault': 'catastrophe' }));
    expect(unknown).toMatchObject({ status: 400 });
    await create(sandbox);
  });

  it('falls back to the next of `models` like a gateway, and matches by prompt and model', async () => {
    const sandbox = await openSandbox();
    sandbox.control.addFault({
      match: { operation: 'model', model: modelName, promptIncludes: 'Hello' },
      times: 'always',
      effect: { kind: 'http_status', status: 402 },
    });
    expect(await rejection(create(sandbox))).toMatchObject({ status: 402 });
    const fallen = await create(sandbox, {}, { models: ['anthropic/claude-sonnet-4.5'] });
    expect(fallen.model).toBe('sandbox/anthropic/claude-sonnet-4.5');
  });
});

describe('hooks of the model', () => {
  it('run before and after an answer, with the request in hand', async () => {
    const sandbox = await openSandbox();
    const seen: string[] = [];
    sandbox.control.on(
      'model.before_answer',
      ({ prompt, turn }) => void seen.push(`before ${prompt} ${turn}`),
    );
    sandbox.control.on('model.after_answer', ({ model }) => void seen.push(`after ${model}`));
    await create(sandbox);
    expect(seen).toEqual(['before Hello! 0', `after ${modelName}`]);
    expect(sandbox.control.modelRequests()).toMatchObject({
      total: 1,
      items: [{ prompt: 'Hello!', status: 200 }],
    });
  });
});
