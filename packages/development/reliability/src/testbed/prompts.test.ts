import { expect, test } from 'vitest';
import { callOf, promptOf, referenceIn } from './prompts.ts';

test('a prompt carries its reference and its script', () => {
  const prompt = promptOf('abc-1', [[callOf('writes', 'first')]]);
  expect(referenceIn(prompt)).toBe('abc-1');
  expect(prompt).toContain('"gmail_send_message"');
  expect(prompt).toContain('"text":"Done."');
});

test('a prompt of somebody else’s has no reference', () => {
  expect(referenceIn('Fetch my mails.')).toBeUndefined();
});
