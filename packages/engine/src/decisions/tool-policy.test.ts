import { expect, test } from 'vitest';
import { isAllowed } from './tool-policy.ts';

test.each([
  [{}, 'gmail_send_message', true],
  [{ allow: ['gmail_*'] }, 'gmail_send_message', true],
  [{ allow: ['gmail_*'] }, 'slack_send_message', false],
  [{ allow: ['gmail_send_message'] }, 'gmail_send_message_now', false],
  [{ allow: [] }, 'gmail_send_message', false],
  [{ deny: ['*_send_*'] }, 'gmail_send_message', false],
  [{ deny: ['*_send_*'] }, 'gmail_resend', true],
  [{ allow: ['*'], deny: ['*message'] }, 'gmail_send_message', false],
  [{ allow: ['a*b*c'] }, 'aXbYc', true],
  [{ allow: ['a*b*c'] }, 'acb', false],
  [{ allow: ['aa*aa'] }, 'aaa', false],
  [{ allow: ['a.c'] }, 'abc', false],
])('%o and %s: %s', (policy, tool, allowed) => {
  expect(isAllowed(policy, tool)).toBe(allowed);
});

test('a pattern of many stars takes no longer than the name is long', () => {
  const pattern = `${'*a'.repeat(60)}*b`;
  expect(isAllowed({ allow: [pattern] }, 'a'.repeat(128))).toBe(false);
});
