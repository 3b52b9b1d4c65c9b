import { expect, test } from 'vitest';
import { maskSecrets } from './mask-secrets.ts';

test.each([
  [
    'connect to redis://pawl:hunter2@host:6379 failed',
    'connect to redis://[redacted]@host:6379 failed',
  ],
  ['sent Authorization: Bearer abcdefgh12345', 'sent Authorization: Bearer [redacted]'],
  ['key sk-v1-abcdefghij is wrong', 'key [redacted] is wrong'],
  ['secret whsec_MfKQ9r8GKYqrTwjU', 'secret [redacted]'],
  ['https://host/cb?state=1&code=abc123&x=2', 'https://host/cb?state=1&code=[redacted]&x=2'],
])('masks %s', (text, masked) => {
  expect(maskSecrets(text)).toBe(masked);
});

test('leaves ordinary text alone', () => {
  const text = 'gmail_fetch_mails failed after 3 tokens at https://host/path, basic auth is off';
  expect(maskSecrets(text)).toBe(text);
});
