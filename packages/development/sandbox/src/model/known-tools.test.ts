import { describe, expect, it } from 'vitest';
import { parseChatRequest } from './check-request.ts';
import { createEndpoint } from './endpoint-rules.ts';

const tool = (description: string, properties: object = {}) => ({
  type: 'function',
  function: { name: 'find', description, parameters: { type: 'object', properties } },
});

/** As it comes: a new object with each request. */
function bodyWith(...tools: unknown[]): unknown {
  const messages = [{ role: 'user', content: 'Go.' }];
  return JSON.parse(JSON.stringify({ model: 'openai/gpt-4o-mini', messages, tools }));
}

const strict = createEndpoint({});
const withPattern = () => bodyWith(tool('Finds.', { at: { type: 'string', pattern: '^a' } }));
const withHalf = () => bodyWith(tool('Finds \ud83d.'));

describe('a list of tools that comes with every request', () => {
  it('is taken again, the same as before', () => {
    const first = parseChatRequest(bodyWith(tool('Finds.')), strict);
    expect(parseChatRequest(bodyWith(tool('Finds.')), strict)).toEqual(first);
  });

  it('is held against the rules of each request', () => {
    expect(() => parseChatRequest(withPattern(), strict)).not.toThrow();
    const plain = createEndpoint({ plainSchemas: true });
    expect(() => parseChatRequest(withPattern(), plain)).toThrow(/Unknown name "pattern"/);
    expect(() => parseChatRequest(withPattern(), strict)).not.toThrow();
  });

  it('is refused each time if it holds half a character, where that is a rule', () => {
    expect(() =>
      parseChatRequest(withHalf(), createEndpoint({ wellFormedText: false })),
    ).not.toThrow();
    for (const _ of [1, 2]) {
      expect(() => parseChatRequest(withHalf(), strict)).toThrow(/no low surrogate/);
    }
  });

  it('does not save a request that is wrong in something else', () => {
    parseChatRequest(bodyWith(tool('Finds.')), strict);
    const body = { ...(bodyWith(tool('Finds.')) as object), messages: [] };
    expect(() => parseChatRequest(body, strict)).toThrow(/messages/);
    expect(() => parseChatRequest(bodyWith(tool('Finds.'), tool('Finds.')), strict)).toThrow(
      /there twice/,
    );
  });
});
