import { describe, expect, it } from 'vitest';
import { tooLong } from './context-length.ts';

const numbers = [
  "This model's maximum context length is 8192 tokens. However, your messages resulted in 10240 tokens (10061 in the messages, 179 in the functions). Please reduce the length of the messages or functions.",
  'prompt is too long: 250000 tokens > 200000 maximum',
  'The input token count (1310720) exceeds the maximum number of tokens allowed (1048576).',
  "Input length (327680) exceeds model's maximum context length (262144).",
  'the request exceeds the available context size (32768), it has 40960 tokens',
  'Prompt contains 40960 tokens and 0 draft tokens, too large for model with 32768 maximum context length',
  "This model's maximum prompt length is 131072 but the request contains 163840 tokens.",
  'Request too large for gpt-4o on tokens per min (TPM): Limit 30000, Requested 37500.',
  'Prompt is 5120 tokens but the model context window is 4096 tokens.',
];

const words = [
  'Your input exceeds the context window of this model. Please adjust your input and try again.',
  'litellm.ContextWindowExceededError: litellm.BadRequestError: Context Window exceeded for given call.',
  'Input is too long for requested model.',
  'Trying to keep the first 111490 tokens when context the overflows.',
  'Context size has been exceeded.',
  'no user query found in messages',
  'Range of input length should be [1, 30720]',
  'Invalid request: Your request exceeded model token limit: 131072',
];

const others = [
  'Invalid schema for function send: schema must have type object',
  'max_tokens must be at least 1',
  'The model does not exist.',
  'ThrottlingException: Too many tokens, please wait before trying again.',
];

describe('an error that says that the request was too long', () => {
  it.each(numbers)('is known with its numbers: %s', (message) => {
    expect(tooLong(400, { error: { message } }, message)).toEqual({ fits: 0.8 });
  });

  it.each(words)('is known by its words: %s', (message) => {
    expect(tooLong(400, { error: { message } }, message)).toBeDefined();
  });

  it('is known by its code, and by the status for a body that is too large', () => {
    expect(tooLong(400, { error: { code: 'context_length_exceeded' } }, undefined)).toEqual({});
    expect(tooLong(413, '<html>', '<html>')).toEqual({});
  });

  it.each(others)('is not taken for one: %s', (message) => {
    expect(tooLong(400, { error: { message } }, message)).toBeUndefined();
  });

  it('is told from a limit of requests', () => {
    const message = 'Rate limit reached: context window exceeded for this minute.';
    expect(tooLong(429, { error: { message } }, message)).toBeUndefined();
    const large = 'Request too large for llama on tokens per minute: Limit 6000, Requested 9000';
    expect(tooLong(429, { error: { message: large } }, large)?.fits).toBeCloseTo(2 / 3);
  });
});
