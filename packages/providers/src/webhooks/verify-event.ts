import { createHash, createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import type { VerifyType } from '@pawl/contracts';
import { type ReceivedHeaders, verifyStandardWebhook } from './verify-webhook.ts';

/** A request as it came: what was signed is its body, byte for byte. */
export interface ReceivedEvent {
  readonly headers: ReceivedHeaders;
  readonly body: string;
}

/** How far a sender's clock may be off, in seconds. */
const tolerance = 300;

/**
 * The sender's id of an event that proves itself by this secret; undefined for one that does not. A bearer
 * that names none sends a new event each time.
 */
export function verifyEvent(
  event: ReceivedEvent,
  { type, secret }: { readonly type: VerifyType; readonly secret: string },
  now: number,
): string | undefined {
  switch (type) {
    case 'standard_webhooks':
      return verifyStandardWebhook(event, [secret]);
    case 'github':
      return verifyGitHub(event, secret);
    case 'slack':
      return verifySlack(event, secret, now);
    case 'bearer':
      return verifyBearer(event, secret);
  }
}

function verifyGitHub({ headers, body }: ReceivedEvent, secret: string): string | undefined {
  const expected = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
  if (!isSame(headers['x-hub-signature-256'], expected)) return undefined;
  return idIn(headers, 'x-github-delivery') ?? digestOf(body);
}

function verifySlack(
  { headers, body }: ReceivedEvent,
  secret: string,
  now: number,
): string | undefined {
  const timestamp = headers['x-slack-request-timestamp'];
  if (typeof timestamp !== 'string' || !/^\d{1,12}$/.test(timestamp)) return undefined;
  if (Math.abs(now / 1_000 - Number(timestamp)) > tolerance) return undefined;
  const signed = `v0:${timestamp}:${body}`;
  const expected = `v0=${createHmac('sha256', secret).update(signed).digest('hex')}`;
  if (!isSame(headers['x-slack-signature'], expected)) return undefined;
  return slackId(body) ?? digestOf(signed);
}

function slackId(body: string): string | undefined {
  try {
    const event: unknown = JSON.parse(body);
    const id = typeof event === 'object' && event !== null && 'event_id' in event && event.event_id;
    return typeof id === 'string' && isId(id) ? id : undefined;
  } catch {
    return undefined;
  }
}

function verifyBearer({ headers }: ReceivedEvent, secret: string): string | undefined {
  if (!isSame(headers['authorization'], `Bearer ${secret}`)) return undefined;
  return idIn(headers, 'webhook-id') ?? idIn(headers, 'idempotency-key') ?? randomUUID();
}

function idIn(headers: ReceivedHeaders, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' && isId(value) ? value : undefined;
}

function isId(text: string): boolean {
  return /^[\x21-\x7e]{1,256}$/.test(text);
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** In constant time: digests are of one length. */
function isSame(given: string | string[] | undefined, expected: string): boolean {
  if (typeof given !== 'string') return false;
  return timingSafeEqual(Buffer.from(digestOf(given)), Buffer.from(digestOf(expected)));
}
