import { expect, test } from 'vitest';
import { formatTraceparent, parseTraceparent } from './traceparent.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';

test('the ids and the sampled flag of a traceparent are read, and nothing else of it', () => {
  for (const [text, isSampled] of [
    [`00-${traceId}-${spanId}-01`, true],
    [`00-${traceId}-${spanId}-00`, false],
    [`00-${traceId}-${spanId}-fe`, false],
    [`00-${traceId}-${spanId}-03`, true],
    [`01-${traceId}-${spanId}-01-what.comes.later`, true],
    [` 00-${traceId}-${spanId}-01 `, true],
  ] as const) {
    expect({ text, read: parseTraceparent(text) }).toEqual({
      text,
      read: { traceId, spanId, isSampled },
    });
  }
});

test('what is no traceparent is none', () => {
  for (const text of [
    undefined,
    '',
    'nonsense',
    ['00'],
    `ff-${traceId}-${spanId}-01`,
    `00-${traceId}-${spanId}-01-more`,
    `00-${traceId.toUpperCase()}-${spanId}-01`,
    `00-${'0'.repeat(32)}-${spanId}-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `00-${traceId}-${spanId}-01, 00-${traceId}-${spanId}-01`,
    `01-${traceId}-${spanId}-01-${'x'.repeat(1_000)}`,
  ]) {
    expect({ text, read: parseTraceparent(text) }).toEqual({ text, read: undefined });
  }
});

test('a traceparent is written as it is read', () => {
  const text = `00-${traceId}-${spanId}-01`;
  const parsed = parseTraceparent(text);
  expect(parsed && formatTraceparent(parsed)).toBe(text);
});
