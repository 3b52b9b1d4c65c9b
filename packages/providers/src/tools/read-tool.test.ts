import { describe, expect, it } from 'vitest';
import { readTool, withoutRepeated } from './read-tool.ts';

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
