import { describe, expect, it } from 'vitest';
import { readMessage } from './read-message.ts';

const newCallIds = () => {
  let made = 0;
  return () => {
    made += 1;
    return `own_${made}`;
  };
};
const read = (message: unknown) => readMessage({ message }, newCallIds());
const calls = (toolCalls: unknown) => {
  const result = read({ role: 'assistant', content: null, tool_calls: toolCalls });
  return 'message' in result ? result.message['tool_calls'] : result;
};
const call = (id: string, name: string, text: string) => ({
  id,
  type: 'function',
  function: { name, arguments: text },
});

const many = (length: number) =>
  Array.from({ length }, (_, index) => call(`call_${index}`, 'ping', '{}'));

describe('the content of a message', () => {
  it.each<[string, unknown, string | null]>([
    ['text', 'hi', 'hi'],
    [
      'parts of text',
      [{ type: 'text', text: 'a' }, { type: 'output_text', text: 'b' }, 'c'],
      'abc',
    ],
    ['one part that is no list', { type: 'text', text: 'a' }, 'a'],
    [
      'reasoning beside it',
      [
        { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
        { type: 'reasoning', text: 'hm' },
        { type: 'text', text: 'a' },
      ],
      'a',
    ],
    ['kinds that are not known, and nothing else', [{ type: 'hologram', text: 'x' }], null],
    ['nothing', undefined, null],
    ['a number', 7, null],
    ['half an emoji', 'a\uD83D', 'a\uFFFD'],
  ])('may be %s', (_name, content, text) => {
    expect(read({ role: 'assistant', content })).toMatchObject({ message: { content: text } });
  });

  it('is the refusal where there is no other text', () => {
    expect(read({ role: 'assistant', content: null, refusal: 'No.' })).toMatchObject({
      message: { content: 'No.', refusal: 'No.' },
    });
    const content = [{ type: 'refusal', refusal: 'No.' }];
    expect(read({ role: 'assistant', content })).toMatchObject({ message: { refusal: 'No.' } });
  });

  it('is read from older forms of the API, too', () => {
    expect(readMessage({ text: 'hi' }, newCallIds())).toMatchObject({ message: { content: 'hi' } });
    expect(read({ content: null, function_call: { name: 'ping', arguments: '{"a":1}' } })).toEqual({
      message: {
        role: 'assistant',
        content: null,
        tool_calls: [call('own_1', 'ping', '{"a":1}')],
      },
    });
  });
});

describe('the tool calls of a message', () => {
  it.each([[undefined], [null], [[]], ['']])('are none where they are %j', (toolCalls) => {
    expect(calls(toolCalls)).toBeUndefined();
  });

  it.each<[string, unknown, string]>([
    ['text', '{"a":1}', '{"a":1}'],
    ['an object', { a: 1 }, '{"a":1}'],
    ['text within a text', '"{\\"a\\":1}"', '{"a":1}'],
    ['missing', undefined, ''],
    ['null', null, ''],
    ['"null"', 'null', ''],
    ['no JSON at all', '{not json', '{not json'],
    ['a list', [1], '[1]'],
    // What JSON.parse makes of 1e400: not null, but a number that the call is refused for.
    ['an object with a number without end', { a: Infinity }, `{"a":${Number.MAX_VALUE}}`],
  ])('may have arguments that are %s', (_name, input, text) => {
    expect(calls([{ id: 'a', function: { name: 'ping', arguments: input } }])).toEqual([
      call('a', 'ping', text),
    ]);
  });

  it('get ids of their own where there is none, or the same one twice', () => {
    const ping = { function: { name: 'ping', arguments: '{}' } };
    const given = [
      ping,
      { ...ping, id: '' },
      { ...ping, id: null },
      { ...ping, id: 'x' },
      { function: { name: 'ping', arguments: '{"a":1}' }, id: 'x' },
      { ...ping, id: 3 },
    ];
    expect(calls(given)).toEqual([
      ...['own_1', 'own_2', 'own_3', 'x'].map((id) => call(id, 'ping', '{}')),
      call('own_4', 'ping', '{"a":1}'),
      call('3', 'ping', '{}'),
    ]);
  });

  it('are made once where one is listed twice', () => {
    const send = { id: 'x', function: { name: 'send', arguments: '{"to":"a"}' } };
    expect(calls([send, { ...send, index: 1 }, send])).toEqual([call('x', 'send', '{"to":"a"}')]);
  });

  it('may be flat, of another type, or not in a list', () => {
    expect(calls([{ id: 'a', type: '', name: 'ping', arguments: { a: 1 } }])).toMatchObject([
      call('a', 'ping', '{"a":1}'),
    ]);
    expect(calls({ id: 'a', function: { name: 'ping', arguments: '{}' } })).toEqual([
      call('a', 'ping', '{}'),
    ]);
    expect(
      calls([{ id: 'a', type: 'custom', custom: { name: 'ping', input: 'free text' } }]),
    ).toEqual([call('a', 'ping', 'free text')]);
  });

  it('have names that a history can hold', () => {
    expect(calls([{ id: 'a', function: { name: 'gmail.fetch mails!', arguments: '' } }])).toEqual([
      call('a', 'gmail_fetch_mails_', ''),
    ]);
    expect(calls([{ id: 'a', function: { name: 'x'.repeat(100) } }])).toEqual([
      call('a', 'x'.repeat(64), ''),
    ]);
  });

  it('keep what they carry besides', () => {
    const extra = { index: 0, extra_content: { google: { thought_signature: 'x' } } };
    expect(calls([{ ...call('a', 'ping', '{}'), ...extra }])).toEqual([
      { ...call('a', 'ping', '{}'), ...extra },
    ]);
  });

  it('can be 128, and no more', () => {
    expect(calls(many(128))).toHaveLength(128);
    expect(calls(many(129))).toEqual({ problem: expect.stringContaining('128') });
  });
});
