import { describe, expect, it } from 'vitest';
import { createTextCleaner } from '../clean-text.ts';
import { readCompletion } from './read-completion.ts';

const clean = createTextCleaner(() => []);
const read = (body: unknown) =>
  readCompletion(body, { model: 'asked/for', clean, now: 0, headers: new Headers() });
const choice = (message: unknown, more: object = {}) => ({ choices: [{ message, ...more }] });
const call = { id: 'call_1', type: 'function', function: { name: 'ping', arguments: '{}' } };

const usageIn = (usage: unknown) =>
  read({ usage, ...choice({ role: 'assistant', content: 'hi' }) });

describe('a completion', () => {
  it('keeps the assistant message as it came', () => {
    const message = {
      role: 'assistant',
      content: null,
      tool_calls: [{ ...call, index: 0, extra_content: { google: { thought_signature: 'x' } } }],
      reasoning_details: [{ type: 'reasoning.encrypted', data: 'abc' }],
    };
    expect(
      read({
        model: 'ran/instead',
        usage: { prompt_tokens: 10, completion_tokens: 3, cost: 0.25 },
        ...choice(message, { finish_reason: 'tool_calls' }),
      }),
    ).toEqual({
      kind: 'reply',
      reply: {
        message,
        finishReason: 'tool_calls',
        model: 'ran/instead',
        inputTokens: 10,
        outputTokens: 3,
        costUsd: 0.25,
      },
    });
  });

  it('fills in what is missing: the model asked for, no usage, the obvious reason', () => {
    expect(read(choice({ role: 'assistant', content: 'hi' }))).toMatchObject({
      reply: {
        model: 'asked/for',
        finishReason: 'stop',
        inputTokens: 0,
        outputTokens: 0,
        costUsd: 0,
      },
    });
    expect(
      read(choice({ role: 'assistant', tool_calls: [call] }, { finish_reason: null })),
    ).toMatchObject({ reply: { finishReason: 'tool_calls' } });
  });

  it('is a reply where a limit or a filter left no text, or the model refused', () => {
    const silent = { role: 'assistant', content: null };
    expect(read(choice(silent, { finish_reason: 'length' }))).toMatchObject({ kind: 'reply' });
    expect(read(choice(silent, { finish_reason: 'content_filter' }))).toMatchObject({
      kind: 'reply',
    });
    expect(read(choice({ ...silent, refusal: 'No.' }))).toMatchObject({ kind: 'reply' });
  });

  it('is a reply where the error member is there and null', () => {
    expect(read({ error: null, ...choice({ role: 'assistant', content: 'hi' }) })).toMatchObject({
      kind: 'reply',
    });
  });
});

describe('a reply in two choices', () => {
  const [text, calling] = [{ content: 'Let me see.' }, { content: null, tool_calls: [call] }];
  const both = (first: object, second: object) =>
    read({
      choices: [
        { message: text, ...first },
        { message: calling, ...second },
      ],
    });

  it('is whole where both are', () => {
    const outcome = both({ finish_reason: 'stop' }, { finish_reason: 'tool_calls' });
    expect(outcome).toMatchObject({ kind: 'reply', reply: { finishReason: 'tool_calls' } });
  });

  it.each(['length', 'content_filter'])('is not whole where the first one is %s', (reason) => {
    const outcome = both({ finish_reason: reason }, { finish_reason: 'tool_calls' });
    expect(outcome).toMatchObject({ kind: 'reply', reply: { finishReason: reason } });
  });

  it('has failed where one of them has', () => {
    const failed = { error: { code: 502, message: 'no' } };
    expect(both({ finish_reason: 'stop' }, failed)).toMatchObject({
      failure: { code: 'model_unavailable' },
    });
  });
});

describe('usage', () => {
  it('may be texts, or have the names of another API', () => {
    expect(usageIn({ prompt_tokens: '12', completion_tokens: '3', cost: '0.25' })).toMatchObject({
      reply: { inputTokens: 12, outputTokens: 3, costUsd: 0.25 },
    });
    expect(usageIn({ input_tokens: 12, output_tokens: 3 })).toMatchObject({
      reply: { inputTokens: 12, outputTokens: 3 },
    });
    expect(usageIn({ total_tokens: 15, completion_tokens: 3 })).toMatchObject({
      reply: { inputTokens: 12, outputTokens: 3 },
    });
  });

  it('is bounded, so that its sums can be stored', () => {
    expect(
      usageIn({ prompt_tokens: 1e308, completion_tokens: '1e999', cost: 1e308 }),
    ).toMatchObject({
      reply: { inputTokens: 100_000_000, outputTokens: 100_000_000, costUsd: 100_000 },
    });
  });
});

describe('a 200 that is none', () => {
  it.each([
    ['text', '<html></html>'],
    ['nothing', undefined],
    ['an array', []],
    ['an error that names no status', { error: { message: 'upstream', code: 7 } }],
    ['no choices', { id: 'x' }],
    ['empty choices', { choices: [] }],
    ['an error in the choice', { choices: [{ error: { message: 'x' }, message: {} }] }],
    ['no message', { choices: [{ finish_reason: 'stop' }] }],
    ['a message of another role', choice({ role: 'user', content: 'hi' })],
    ['silence', choice({ role: 'assistant', content: null }, { finish_reason: 'stop' })],
    ['calls that are no list', choice({ role: 'assistant', tool_calls: 'ping' })],
    [
      'a call without a name',
      choice({ role: 'assistant', tool_calls: [{ ...call, function: { arguments: '{}' } }] }),
    ],
    [
      'more calls than an endpoint offers tools',
      choice({ role: 'assistant', tool_calls: Array.from({ length: 129 }, () => call) }),
    ],
  ])('cannot be used: %s', (_name, body) => {
    expect(read(body)).toMatchObject({
      kind: 'unusable',
      failure: { code: 'model_invalid_response', retryable: true },
    });
  });

  it('hands on the error’s words', () => {
    expect(read({ error: { message: 'upstream is away' } })).toMatchObject({
      failure: {
        message: 'The model endpoint answered with an error in a success: upstream is away',
      },
    });
  });

  it.each([
    [402, 'quota', 'model_quota_exceeded'],
    ['402', 'quota', 'model_quota_exceeded'],
    ['insufficient_quota', 'quota', 'model_quota_exceeded'],
    [404, 'other_model', 'model_not_found'],
    ['context_length_exceeded', 'context_length', 'model_context_length'],
    ['rate_limit_exceeded', 'transient', 'model_rate_limited'],
    [502, 'transient', 'model_unavailable'],
  ])('is what its error code says: %s is %s, %s', (code, kind, own) => {
    const outcome = { kind, failure: { code: own } };
    expect(read({ error: { message: 'no', code } })).toMatchObject(outcome);
    expect(read({ choices: [{ error: { message: 'no', code } }] })).toMatchObject(outcome);
    expect(read({ object: 'error', type: code, code, message: 'no' })).toMatchObject(outcome);
  });

  it('counts what was paid for it', () => {
    const usage = { prompt_tokens: '9', completion_tokens: 6, cost: '0.5' };
    expect(read({ usage, ...choice({ role: 'assistant', content: ' ' }) })).toMatchObject({
      kind: 'unusable',
      usage: { inputTokens: 9, outputTokens: 6, costUsd: 0.5 },
    });
    expect(read({ usage, error: { code: 503 } })).toMatchObject({
      kind: 'transient',
      usage: { inputTokens: 9 },
    });
    expect(read({ usage: { prompt_tokens: 0 }, error: { code: 503 } })).not.toHaveProperty('usage');
  });

  it('takes usage that makes no sense for none', () => {
    const usage = { prompt_tokens: -1, completion_tokens: 'many', cost: Number.NaN };
    expect(read({ usage, ...choice({ role: 'assistant', content: 'hi' }) })).toMatchObject({
      reply: { inputTokens: 0, outputTokens: 0, costUsd: 0 },
    });
  });
});
