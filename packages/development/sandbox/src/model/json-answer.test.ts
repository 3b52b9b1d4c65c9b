import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { jsonFor } from './json-answer.ts';

const sampleText = 'There are 3 mails:\n\n1. **One**\n2. **Two**\n3. **Three**';

describe('JSON answers', () => {
  it.each<[string, Record<string, unknown>]>([
    ['an object', { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] }],
    [
      'bounds',
      { type: 'array', minItems: 5, maxItems: 6, items: { type: 'string', maxLength: 3 } },
    ],
    ['an enum', { enum: ['low', 'high'] }],
    ['a constant', { const: 7 }],
    ['numbers', { type: 'integer', minimum: 10, maximum: 20 }],
    ['null or a number', { type: ['null', 'number'] }],
    ['alternatives', { anyOf: [{ type: 'boolean' }, { type: 'string' }] }],
    ['a minimum length', { type: 'string', minLength: 200 }],
    [
      'nested arrays',
      {
        type: 'array',
        items: { type: 'object', properties: { n: { type: 'number' } }, required: ['n'] },
      },
    ],
  ])('fit %s', (_name, schema) => {
    const validate = new Ajv({ strict: false }).compile(schema);
    expect(validate(jsonFor(schema, sampleText))).toBe(true);
  });

  it('carry the text line by line in arrays', () => {
    const schema = { type: 'array', items: { type: 'string' } };
    expect(jsonFor(schema, sampleText)).toEqual(['**One**', '**Two**', '**Three**']);
  });
});
