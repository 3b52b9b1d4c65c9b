import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { parseWebhookSecrets, signWebhook, WebhookSecretError } from './sign-webhook.ts';

const secretOf = (bytes: number, fill: number) =>
  `whsec_${Buffer.alloc(bytes, fill).toString('base64')}`;
const [older, newer] = [secretOf(24, 1), secretOf(64, 2)];

test('while a secret is rotated both sign, and a receiver with either verifies', () => {
  const body = '{"a":1}';
  const headers = signWebhook({ event: 'evt_1', body, secrets: [newer, older] }, new Date());
  expect(headers['webhook-signature']?.split(' ')).toHaveLength(2);
  for (const secret of [newer, older]) {
    expect(new Webhook(secret).verify(body, headers)).toEqual({ a: 1 });
  }
  expect(() => new Webhook(secretOf(32, 3)).verify(body, headers)).toThrow('No matching signature');
});

test('the time is in seconds, and of the attempt', () => {
  const at = new Date(1_700_000_000_999);
  const { 'webhook-timestamp': time } = signWebhook({ event: 'e', body: '', secrets: [newer] }, at);
  expect(time).toBe('1700000000');
});

test.each([[[]], [['whsec_short']], [[secretOf(23, 1)]], [[secretOf(65, 1)]], [['plain text']]])(
  'nothing is signed with %j, and the error does not say what it is',
  (secrets) => {
    const sign = () => signWebhook({ event: 'e', body: '', secrets }, new Date());
    expect(sign).toThrow(WebhookSecretError);
    expect(sign).toThrow(/^(?!.*(short|plain text|AQEB)).*$/);
  },
);

test('a variable may hold several secrets', () => {
  expect(parseWebhookSecrets(`${newer} ${older}`)).toEqual([newer, older]);
  expect(parseWebhookSecrets(`${newer},${older}`)).toEqual([newer, older]);
  expect(parseWebhookSecrets('')).toEqual([]);
  expect(parseWebhookSecrets(`${newer} nonsense`)).toBeUndefined();
});
