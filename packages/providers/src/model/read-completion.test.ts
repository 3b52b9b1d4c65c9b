import { describe, expect, it } from 'vitest';
import { createTextCleaner } from '../clean-text.ts';
import { readCompletion } from './read-completion.ts';

const clean = createTextCleaner(() => []);
const read = (body: unknown) => readCompletion(body, { model: 'asked/for', clean });
const choice = (message: unknown, more: object = {}) => ({ choices: [{ message, ...more }] });
const call = { id: 'call_1', type: 'function', function: { name: 'ping', arguments: '{}' } };

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

describe('a 200 that is none', () => {
  it.each([
    ['text', '<html></html>'],
    ['nothing', undefined],
    ['an array', []],
    ['an error', { error: { message: 'upstream', code: 502 } }],
    ['no choices', { id: 'x' }],
    ['empty choices', { choices: [] }],
    ['an error in the choice', { choices: [{ error: { message: 'x' }, message: {} }] }],
    ['no message', { choices: [{ finish_reason: 'stop' }] }],
    ['a message of another role', choice({ role: 'user', content: 'hi' })],
    ['silence', choice({ role: 'assistant', content: null }, { finish_reason: 'stop' })],
    ['calls that are no list', choice({ role: 'assistant', tool_calls: 'ping' })],
    ['a call without an id', choice({ role: 'assistant', tool_calls: [{ ...call, id: 7 }] })],
    [
      'a call whose arguments are no text',
      choice({
        role: 'assistant',
        tool_calls: [{ ...call, function: { name: 'ping', arguments: {} } }],
      }),
    ],
  ])('is worth another try: %s', (_name, body) => {
    expect(read(body)).toMatchObject({
      kind: 'transient',
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

  it('takes usage that makes no sense for none', () => {
    const usage = { prompt_tokens: -1, completion_tokens: 'many', cost: Number.NaN };
    expect(read({ usage, ...choice({ role: 'assistant', content: 'hi' }) })).toMatchObject({
      reply: { inputTokens: 0, outputTokens: 0, costUsd: 0 },
    });
  });
});
