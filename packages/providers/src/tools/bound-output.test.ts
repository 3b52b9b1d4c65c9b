import { expect, it } from 'vitest';
import { boundOutput } from './bound-output.ts';

it('leaves an output alone that is short enough', () => {
  const output = { mails: [1, 2] };
  expect(boundOutput(output, JSON.stringify(output).length)).toBe(output);
});

it('says that it cut a longer one, and keeps the beginning', () => {
  expect(boundOutput({ text: 'abcdef' }, 10)).toEqual({
    truncated: true,
    notice: expect.stringContaining('17 characters') as string,
    beginning: '{"text":"a',
  });
});
