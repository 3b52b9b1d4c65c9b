import { expect, test } from 'vitest';
import { readCompletion } from './read-completion.ts';

const bodyWith = (ids: readonly string[]) => ({
  choices: [
    {
      message: {
        role: 'assistant',
        content: null,
        tool_calls: ids.map((id) => ({
          id,
          type: 'function',
          function: { name: 'tool', arguments: '{}' },
        })),
      },
    },
  ],
});
const read = (ids: readonly string[]) =>
  readCompletion(bodyWith(ids), { model: 'openai/model', clean: (text) => text });

test.each([
  ['repeated ids', ['a', 'a']],
  ['an empty id', ['']],
  ['more calls than an endpoint offers tools', Array.from({ length: 129 }, (_, id) => `${id}`)],
])('a reply with %s is worth another try: a history could not hold it', (_name, ids) => {
  expect(read(ids)).toMatchObject({
    kind: 'transient',
    failure: { code: 'model_invalid_response' },
  });
});

test('128 calls are fine', () => {
  expect(read(Array.from({ length: 128 }, (_, id) => `${id}`)).kind).toBe('reply');
});
