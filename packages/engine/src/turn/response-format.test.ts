import type { JsonObject } from '@pawl/contracts';
import { describe, expect, test } from 'vitest';
import { checkAnswer, readJson, type SchemaCheck } from './response-format.ts';

const schema = { type: 'object', required: ['count'] };
const format = { type: 'json_schema', json_schema: { name: 'answer', schema } };

const needsCount: SchemaCheck = async (given, value) => {
  expect(given).toEqual(schema);
  const fits = typeof value === 'object' && value !== null && 'count' in value;
  return fits
    ? { kind: 'valid' }
    : { kind: 'invalid', problems: [{ path: '', message: 'must have count' }] };
};

const checkNothing: SchemaCheck = async () => ({ kind: 'unchecked' });

const check = (
  text: string,
  {
    given = format,
    message = { role: 'assistant', content: text },
    by = needsCount,
  }: { given?: JsonObject; message?: JsonObject; by?: SchemaCheck } = {},
) =>
  checkAnswer(
    given,
    {
      message,
      finishReason: 'stop',
      model: 'model',
      inputTokens: 0,
      outputTokens: 0,
      costUsd: 0,
    },
    by,
  );

describe('an answer beside its response_format', () => {
  test('fits', async () => {
    expect(await check('{"count":7}')).toEqual({ kind: 'fits', json: { count: 7 } });
    expect(await check('```json\n{"count":7}\n```')).toEqual({ kind: 'fits', json: { count: 7 } });
  });

  test.each([
    ['{}', 'the answer must have count'],
    [
      '{"count":2512292042121000001}',
      'the number 2512292042121000001 would lose digits: write it as a string',
    ],
    ['Seven.', 'the answer must be JSON and nothing else'],
    ['{"count":7', 'the answer must be JSON and nothing else'],
    ['['.repeat(5_000) + ']'.repeat(5_000), 'the answer must not be nested deeper than 64 levels'],
  ])('does not fit: %.20s', async (text, problem) => {
    expect(await check(text)).toEqual({ kind: 'misfit', problems: [problem] });
  });

  test('must be an object for json_object', async () => {
    const given = { type: 'json_object' };
    expect(await check('{"a":1}', { given })).toEqual({ kind: 'fits', json: { a: 1 } });
    expect(await check('[1]', { given })).toMatchObject({ kind: 'misfit' });
  });

  test('is not called json where its schema can’t be used', async () => {
    expect(await check('{"count":7}', { by: checkNothing })).toEqual({ kind: 'unchecked' });
  });

  test('is not checked where there is none, or none is asked for', async () => {
    const refusal = { role: 'assistant', content: 'No.', refusal: 'No.' };
    expect(await check('', { message: refusal })).toEqual({ kind: 'not_final' });
    const reply = {
      message: { role: 'assistant', content: 'Hello.' },
      finishReason: 'stop',
      model: 'model',
      inputTokens: 0,
      outputTokens: 0,
      costUsd: 0,
    };
    expect(await checkAnswer(undefined, reply, needsCount)).toEqual({ kind: 'free' });
  });
});

test('megabytes of blanks behind a fence are read in no time', () => {
  expect(readJson(`\`\`\`\n${' '.repeat(1_000_000)}x`)).toHaveProperty('problem');
  expect(readJson('```json\n{"a":1}\n```')).toEqual({ json: { a: 1 } });
});
