import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { signWebhook } from './sign-webhook.ts';
import { verifyEvent } from './verify-event.ts';

const secret = 'a secret of some length';
const now = Date.now();
const hmac = (text: string) => createHmac('sha256', secret).update(text).digest('hex');

test('GitHub signs the body, and names each delivery', () => {
  const body = '{"action":"opened"}';
  const headers = { 'x-hub-signature-256': `sha256=${hmac(body)}`, 'x-github-delivery': 'd-1' };
  const verify = { type: 'github', secret } as const;
  expect(verifyEvent({ headers, body }, verify, now)).toBe('d-1');
  expect(verifyEvent({ headers, body: `${body} ` }, verify, now)).toBeUndefined();
  expect(verifyEvent({ headers: {}, body }, verify, now)).toBeUndefined();
});

// The example of Slack's own documentation.
test('Slack signs version, time and body, for five minutes', () => {
  const body =
    'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c';
  const headers = {
    'x-slack-request-timestamp': '1531420618',
    'x-slack-signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
  };
  const verify = { type: 'slack', secret: '8f742231b10e8888abcd99yyyzzz85a5' } as const;
  expect(verifyEvent({ headers, body }, verify, 1_531_420_618_000)).toMatch(/^[0-9a-f]{64}$/);
  expect(verifyEvent({ headers, body }, verify, 1_531_420_918_000)).toBeDefined();
  expect(verifyEvent({ headers, body }, verify, 1_531_420_919_000)).toBeUndefined();
});

test('an event of Slack is known by its id, whenever it is sent again', () => {
  const body = '{"type":"event_callback","event_id":"Ev123"}';
  const timestamp = String(Math.floor(now / 1_000));
  const headers = {
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': `v0=${hmac(`v0:${timestamp}:${body}`)}`,
  };
  expect(verifyEvent({ headers, body }, { type: 'slack', secret }, now)).toBe('Ev123');
});

test('a bearer shows the secret itself, and may name the event', () => {
  const headers = { authorization: `Bearer ${secret}`, 'idempotency-key': 'e-1' };
  const verify = { type: 'bearer', secret } as const;
  expect(verifyEvent({ headers, body: '{}' }, verify, now)).toBe('e-1');
  const unnamed = { authorization: headers.authorization };
  const ids = [1, 2].map(() => verifyEvent({ headers: unnamed, body: '{}' }, verify, now));
  expect(new Set(ids).size, 'two events without a name are two events').toBe(2);
  expect(
    verifyEvent({ headers: { authorization: 'Bearer x' }, body: '{}' }, verify, now),
  ).toBeUndefined();
});

test('Standard Webhooks sign id, time and body', () => {
  const whsec = `whsec_${Buffer.from(secret.repeat(2)).toString('base64')}`;
  const body = '{"a":1}';
  const headers = signWebhook({ event: 'msg_1', body, secrets: [whsec] }, new Date(now));
  const verify = { type: 'standard_webhooks', secret: whsec } as const;
  expect(verifyEvent({ headers, body }, verify, now)).toBe('msg_1');
  expect(verifyEvent({ headers, body: '{"a":2}' }, verify, now)).toBeUndefined();
  const old = signWebhook({ event: 'msg_1', body, secrets: [whsec] }, new Date(now - 310_000));
  expect(verifyEvent({ headers: old, body }, verify, now)).toBeUndefined();
});
