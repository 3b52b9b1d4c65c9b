import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  contentOf,
  type FinishReason,
  finishReasonOf,
  finishReasons,
  meaningOf,
  replyMeanings,
  saysSomething,
} from './reply-meaning.ts';

const documentation = readFileSync(
  new URL('../../../../docs/endpoints.md', import.meta.url),
  'utf8',
);

const call = { id: 'a', type: 'function', function: { name: 'ping', arguments: '{}' } };
const messages = {
  calls: { role: 'assistant', content: 'One moment.', tool_calls: [call] },
  text: { role: 'assistant', content: 'Done.' },
  refusal: { role: 'assistant', content: 'No.', refusal: 'No.' },
  calls_and_refusal: { role: 'assistant', content: null, refusal: 'No.', tool_calls: [call] },
  nothing: { role: 'assistant', content: ' \u200B\n' },
};

describe('what a reply means', () => {
  test('is the table of docs/endpoints.md, cell by cell', () => {
    expect(tableOf('finish_reason')).toEqual(
      Object.entries(replyMeanings).map(([reason, cells]) => [
        reasonCell(reason as FinishReason),
        ...Object.values(cells).map((meaning) => `\`${meaning}\``),
      ]),
    );
  });

  test.each(Object.keys(messages) as (keyof typeof messages)[])(
    'is read from a message that holds %s',
    (content) => {
      expect(contentOf(messages[content])).toBe(content);
      for (const [reason, row] of Object.entries(finishReasons)) {
        const reply = { finishReason: reason, message: messages[content] };
        expect(meaningOf(reply)).toBe(replyMeanings[row][content]);
      }
    },
  );

  test.each(['error', 'MALFORMED_FUNCTION_CALL', 'abort', 'constructor', 'toString', 'banana'])(
    'is nothing that could be used where finish_reason is %s, whatever the message holds',
    (finishReason) => {
      for (const message of Object.values(messages)) {
        expect(meaningOf({ finishReason, message })).toBe('unusable');
      }
    },
  );

  test('does not depend on capitals', () => {
    expect(finishReasonOf('STOP')).toBe('stop');
    expect(finishReasonOf('MAX_TOKENS')).toBe('length');
    expect(finishReasonOf(' Safety ')).toBe('content_filter');
  });
});

test.each([
  ['', false],
  [' \t\n\u00A0\u200B\u200D\uFEFF\u0000', false],
  ['0', true],
  ['.', true],
  ['👍', true],
  ['नमस्ते', true],
  [null, false],
  [7, false],
])('a text says something if it can be seen: %j, %s', (text, says) => {
  expect(saysSomething(text)).toBe(says);
});

/** The rows of the table whose heading begins with this cell, without the heading. */
function tableOf(firstCell: string): string[][] {
  const lines = documentation.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`| \`${firstCell}\``));
  const end = lines.findIndex((line, index) => index > start && !line.startsWith('|'));
  return lines.slice(start + 2, end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

function reasonCell(reason: FinishReason): string {
  if (reason === 'anything_else') return 'anything else';
  const values = Object.keys(finishReasons).filter((value) => finishReasons[value] === reason);
  const cell = values.map((value) => `\`${value}\``).join(', ');
  return reason === 'stop' ? `${cell}, none` : cell;
}
