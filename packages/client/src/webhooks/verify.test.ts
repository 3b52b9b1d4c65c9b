import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { verifyWebhook } from './verify.ts';

const secret = `whsec_${Buffer.from('a secret of 24 characters').toString('base64')}`;
const older = `whsec_${Buffer.from('another one of the past..').toString('base64')}`;
const now = Date.parse('2026-11-26T10:00:00Z');
const body = JSON.stringify({
  id: 'evt_1',
  object: 'event',
  type: 'job.completed',
  created_at: '2026-11-26T10:00:00.000Z',
  data: { id: 'job_0_a', result: { text: 'Größe: 5 €' } },
});

interface Sent {
  readonly at?: number;
  readonly key?: string;
  readonly text?: string;
}

/** As the standard says, by another implementation of HMAC. */
function signatureOf({ at = now, key = secret, text = body }: Sent = {}): string {
  const bytes = Buffer.from(key.replace('whsec_', ''), 'base64');
  const content = `evt_1.${Math.floor(at / 1000)}.${text}`;
  return `v1,${createHmac('sha256', bytes).update(content).digest('base64')}`;
}

function headersOf(sent: Sent = {}, signature = signatureOf(sent)) {
  const timestamp = String(Math.floor((sent.at ?? now) / 1000));
  return {
    'webhook-id': 'evt_1',
    'webhook-timestamp': timestamp,
    'webhook-signature': signature,
  };
}

test('a signed webhook is the event that it holds, as text or bytes, with headers of any kind', async () => {
  const event = JSON.parse(body);
  const options = { now };
  const headers = headersOf();
  expect(await verifyWebhook(body, headers, secret, options)).toEqual(event);
  expect(await verifyWebhook(Buffer.from(body), headers, secret, options)).toEqual(event);
  expect(await verifyWebhook(body, new Headers(headers), secret, options)).toEqual(event);
  const capitals = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value]),
  );
  expect(await verifyWebhook(body, capitals, secret, options)).toEqual(event);
  const bare = secret.replace('whsec_', '');
  expect(await verifyWebhook(body, headers, bare, options)).toEqual(event);
});

test('while a secret is exchanged, one signature of several and one secret of several are enough', async () => {
  const both = `v1a,other ${signatureOf({ key: older })} ${signatureOf()}`;
  const options = { now };
  expect(await verifyWebhook(body, headersOf({}, both), secret, options)).toBeTruthy();
  const headers = headersOf({ key: older });
  expect(await verifyWebhook(body, headers, [secret, older], options)).toBeTruthy();
});

test.each([
  ['of another secret', headersOf({ key: older })],
  ['of another body', headersOf({ text: `${body} ` })],
  ['of another version', headersOf({}, signatureOf().replace('v1,', 'v2,'))],
  ['that is no base64', headersOf({}, 'v1,%%%')],
  ['that is a part of the right one', headersOf({}, signatureOf().slice(0, 20))],
  ['behind too many others', headersOf({}, `${'v1,AAAA '.repeat(10)}${signatureOf()}`)],
])('a signature %s is refused', async (_name, headers) => {
  const verified = verifyWebhook(body, headers, secret, { now });
  await expect(verified).rejects.toMatchObject({ code: 'wrong_signature' });
  await expect(verified).rejects.not.toThrow(secret);
});

test.each([
  ['six minutes old', { at: now - 360_000 }, 'outside_tolerance'],
  ['six minutes ahead', { at: now + 360_000 }, 'outside_tolerance'],
])('a webhook that is %s is refused', async (_name, sent, code) => {
  await expect(verifyWebhook(body, headersOf(sent), secret, { now })).rejects.toMatchObject({
    code,
  });
  await verifyWebhook(body, headersOf(sent), secret, { now, toleranceSeconds: 400 });
});

test.each(['webhook-id', 'webhook-timestamp', 'webhook-signature'])(
  'a webhook without %s is refused',
  async (name) => {
    const verified = verifyWebhook(body, { ...headersOf(), [name]: undefined }, secret, { now });
    await expect(verified).rejects.toMatchObject({ code: 'missing_header' });
  },
);

test('a time that is none is refused, also where every age is taken', async () => {
  const headers = { ...headersOf(), 'webhook-timestamp': 'NaN' };
  const options = { now, toleranceSeconds: Number.POSITIVE_INFINITY };
  await expect(verifyWebhook(body, headers, secret, options)).rejects.toMatchObject({
    code: 'outside_tolerance',
  });
});

test('what is signed and no event is refused', async () => {
  for (const text of ['hello', '[]', '{"type":"x"}']) {
    const verified = verifyWebhook(text, headersOf({ text }), secret, { now });
    await expect(verified).rejects.toMatchObject({ code: 'not_an_event' });
  }
});

test('a secret that is none, and a body that was parsed, are mistakes of the caller', async () => {
  await expect(verifyWebhook(body, headersOf(), 'whsec_', { now })).rejects.toThrow(TypeError);
  await expect(verifyWebhook(body, headersOf(), 'whsec_%', { now })).rejects.toThrow(TypeError);
  const parsed: unknown = JSON.parse(body);
  await expect(verifyWebhook(parsed as string, headersOf(), secret)).rejects.toThrow('the text');
});
