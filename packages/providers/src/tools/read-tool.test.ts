import { describe, expect, it } from 'vitest';
import { declaredEffect, readTool, withoutRepeated } from './read-tool.ts';

describe('reading a listed tool', () => {
  it('takes name, description, schema and declared effect', () => {
    const inputSchema = { type: 'object', properties: { to: { type: 'string' } } };
    expect(
      readTool(
        {
          definition: { name: 'gmail_get', description: 'Gets', input_schema: inputSchema },
          metadata: { readOnlyHint: true },
        },
        'gmail-work',
      ),
    ).toEqual({
      name: 'gmail_get',
      description: 'Gets',
      inputSchema,
      connection: 'gmail-work',
      declaredEffect: 'reads',
    });
  });

  it('gives a tool without a schema one that takes no arguments', () => {
    expect(readTool({ definition: { name: 'ping' } }, 'x')).toEqual({
      name: 'ping',
      description: '',
      inputSchema: { type: 'object', properties: {} },
      connection: 'x',
    });
  });

  it('leaves out what has no name', () => {
    expect(readTool({ definition: { description: 'nameless' } }, 'x')).toBeUndefined();
    expect(readTool({ definition: { name: ' ' } }, 'x')).toBeUndefined();
    expect(readTool({}, 'x')).toBeUndefined();
  });

  it('keeps one of each name', () => {
    const tool = { name: 'a', description: 'first', inputSchema: {}, connection: 'x' };
    expect(withoutRepeated([tool, { ...tool, description: 'second' }])).toEqual([tool]);
  });
});

describe('a tool’s declared effect', () => {
  it.each([
    [{ readOnlyHint: true }, 'reads'],
    [{ annotations: { readOnlyHint: true } }, 'reads'],
    [{ readOnlyHint: true, idempotentHint: false }, 'reads'],
    [{ idempotentHint: true }, 'idempotent'],
    [{ readOnlyHint: false, idempotentHint: true, destructiveHint: true }, 'idempotent'],
    [{ readOnlyHint: false }, 'writes'],
    [{ destructiveHint: true }, 'writes'],
  ])('%j: %s', (metadata, effect) => {
    expect(declaredEffect(metadata)).toBe(effect);
  });

  it.each([
    undefined,
    {},
    { destructiveHint: false },
    { idempotentHint: false },
    { readOnlyHint: 'true' },
    { annotations: 'readOnlyHint' },
  ])('%j: nothing is declared', (metadata) => {
    expect(declaredEffect(metadata)).toBeUndefined();
  });

  it.each([
    { readOnlyHint: true, destructiveHint: true },
    { readOnlyHint: true, annotations: { readOnlyHint: false } },
  ])('%j contradicts itself: the tool writes', (metadata) => {
    expect(declaredEffect(metadata)).toBe('writes');
  });

  it('reads every source', () => {
    expect(declaredEffect({}, { annotations: { readOnlyHint: true } })).toBe('reads');
  });

  it('does not believe in idempotence that is denied elsewhere', () => {
    expect(declaredEffect({ idempotentHint: true }, { idempotentHint: false })).toBeUndefined();
  });
});
