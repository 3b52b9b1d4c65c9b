import { describe, expect, it } from 'vitest';
import { parseBody } from './parse-body.ts';

const completion = { choices: [{ message: { role: 'assistant', content: 'hi' } }] };
const text = JSON.stringify(completion);
const event = (value: object) => `data: ${JSON.stringify(value)}\n\n`;
const chunk = (delta: object, finishReason: string | null = null) =>
  event({ id: 'x', choices: [{ index: 0, delta, finish_reason: finishReason }] });

describe('the body of a 200', () => {
  it.each([
    ['as it is', text],
    ['behind blanks and a byte order mark', `\uFEFF\n\n   ${text}\n`],
    ['behind the comments of an event stream', `: PROCESSING\n\n: PROCESSING\n\n${text}`],
    ['with the end of a stream behind it', `${text}\n\ndata: [DONE]\n\n`],
    ['as the only event of a stream', `: hello\n\ndata:${text}\n\ndata: [DONE]\n\n`],
    ['in an array', `[${text}]`],
    ['as JSON within a JSON text', JSON.stringify(text)],
  ])('is read %s', (_name, body) => {
    expect(parseBody(body)).toEqual({ kind: 'json', value: completion });
  });

  it.each([
    ['<html><body>{welcome}</body></html>'],
    [''],
    ['{"choices": [{"mess'],
    ['data: [DONE]'],
  ])('is not read where it is none: %j', (body) => {
    expect(parseBody(body)).toEqual({ kind: 'unreadable' });
  });

  it('is put together from the pieces of a stream that nobody asked for', () => {
    const body = [
      chunk({ role: 'assistant', content: '' }),
      chunk({ content: 'Let me ' }),
      chunk({ content: 'see.' }),
      chunk({ tool_calls: [{ index: 0, id: 'a', function: { name: 'ping', arguments: '{"a"' } }] }),
      chunk({ tool_calls: [{ index: 0, function: { arguments: ':1}' } }] }, 'tool_calls'),
      event({ id: 'x', choices: [], usage: { prompt_tokens: 3 } }),
      'data: [DONE]\n\n',
    ].join('');
    expect(parseBody(body)).toMatchObject({
      kind: 'json',
      value: {
        usage: { prompt_tokens: 3 },
        choices: [
          {
            finish_reason: 'tool_calls',
            message: {
              role: 'assistant',
              content: 'Let me see.',
              tool_calls: [{ id: 'a', function: { name: 'ping', arguments: '{"a":1}' } }],
            },
          },
        ],
      },
    });
  });

  it('is put together from tens of thousands of pieces, each of them another one', () => {
    const pieces = Array.from({ length: 20_000 }, (_, index) =>
      chunk({
        content: 'a',
        [`member_${index}`]: index,
        reasoning_details: [index],
        tool_calls: [{ index, function: { name: 'ping', arguments: '{}' } }],
      }),
    );
    const body = parseBody(pieces.join(''));
    const choices =
      body.kind === 'json' ? (body.value as { choices: { message: object }[] }).choices : [];
    const message = choices[0]?.message as Record<string, { length: number }>;
    expect(message['content']).toHaveLength(20_000);
    expect(message['reasoning_details']).toHaveLength(20_000);
    expect(message['tool_calls']).toHaveLength(20_000);
  });

  it('does not take the beginning of a stream for the whole', () => {
    expect(parseBody(chunk({ content: 'The answer is' }))).toMatchObject({
      value: { choices: [{ finish_reason: 'stream broken off' }] },
    });
  });

  it('is not read where an event of its stream is broken: the rest would say something else', () => {
    const [before, after] = [
      chunk({ content: 'Do not ' }),
      chunk({ content: 'delete it.' }, 'stop'),
    ];
    expect(parseBody(`${before}data: {"choices":[{"delta":{"con\n\n${after}`)).toEqual({
      kind: 'unreadable',
    });
  });

  it('was cut off where one of its events says so, whatever comes behind it', () => {
    const body = chunk({ content: 'Half' }, 'length') + chunk({}, 'stop');
    expect(parseBody(body)).toMatchObject({ value: { choices: [{ finish_reason: 'length' }] } });
  });

  it('keeps calls apart that a stream gives the same index', () => {
    const call = (id: string, name: string, written: string) =>
      chunk({ tool_calls: [{ index: 0, id, function: { name, arguments: written } }] });
    const more = chunk(
      { tool_calls: [{ index: 0, function: { arguments: ':1}' } }] },
      'tool_calls',
    );
    expect(parseBody(call('a', 'trash', '') + call('b', 'send', '{"a"') + more)).toMatchObject({
      value: {
        choices: [
          {
            message: {
              tool_calls: [
                { id: 'a', function: { name: 'trash', arguments: '' } },
                { id: 'b', function: { name: 'send', arguments: '{"a":1}' } },
              ],
            },
          },
        ],
      },
    });
  });

  it('keeps choices apart that come in one stream', () => {
    const body = piece(0, 'On') + piece(1, 'Tw') + piece(0, 'e', 'stop') + piece(1, 'o', 'stop');
    expect(parseBody(body)).toMatchObject({
      value: { choices: [{ message: { content: 'One' } }, { message: { content: 'Two' } }] },
    });
  });

  it('is the error where a stream ends with one', () => {
    const body = chunk({ content: 'The' }) + event({ error: { code: 502 } });
    expect(parseBody(body)).toMatchObject({ value: { error: { code: 502 } } });
  });

  it('is told to be deep without being copied, stringified or compared', () => {
    expect(parseBody(deep(10_000))).toMatchObject({
      kind: 'deep',
      value: { usage: { prompt_tokens: 5 } },
    });
    expect(parseBody(deep(1_000_000))).toEqual({ kind: 'deep' });
    expect(parseBody(deep(60))).toMatchObject({ kind: 'json' });
  });
});

function piece(index: number, content: string, reason: string | null = null): string {
  return event({ choices: [{ index, delta: { content }, finish_reason: reason }] });
}

function deep(levels: number): string {
  return `{"usage":{"prompt_tokens":5},"x":${nested(levels)}}`;
}

function nested(levels: number): string {
  return '['.repeat(levels) + ']'.repeat(levels);
}
