import { isObject, parseJson } from '../request/exchange.ts';
import type { WebhookEvent } from '../types.ts';

/** What came is not a webhook of Pawl's, or not a fresh one. Answer it with 400 or 401. */
export class PawlWebhookError extends Error {
  override readonly name = 'PawlWebhookError';
  readonly code: 'missing_header' | 'outside_tolerance' | 'wrong_signature' | 'not_an_event';

  constructor(code: PawlWebhookError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** Of `fetch`, or of Node's `http` and what stands on it. */
export type WebhookHeaders =
  | { get(name: string): string | null }
  | Readonly<Record<string, string | readonly string[] | undefined>>;

export interface VerifyWebhookOptions {
  /** How old or how far ahead it may be. Default: 300. */
  readonly toleranceSeconds?: number | undefined;
  /** Milliseconds since 1970. Default: the time. */
  readonly now?: number | undefined;
}

const TOLERANCE_SECONDS = 300;
/** More signatures than a rotation needs would make work for nothing. */
const MOST_SIGNATURES = 10;

/**
 * The event of a webhook, if it was signed with the secret (Standard Webhooks), or with one of several.
 *
 * @param body as it came, before anything parsed it.
 * @param secret `whsec_…`; several while a secret is exchanged.
 * @throws PawlWebhookError for what is forged, too old, or no event; TypeError for a secret or a body that is none.
 */
export async function verifyWebhook(
  body: string | Uint8Array,
  headers: WebhookHeaders,
  secret: string | readonly string[],
  { toleranceSeconds = TOLERANCE_SECONDS, now = Date.now() }: VerifyWebhookOptions = {},
): Promise<WebhookEvent> {
  if (typeof body !== 'string' && !(body instanceof Uint8Array)) {
    throw new TypeError('The body must be the text or the bytes that came, not what they say.');
  }
  const keys = await Promise.all([secret].flat().map((each) => importSecret(each)));
  const id = headerOf(headers, 'webhook-id');
  const timestamp = headerOf(headers, 'webhook-timestamp');
  const signatures = headerOf(headers, 'webhook-signature');
  const seconds = /^\d{1,12}$/.test(timestamp) ? Number(timestamp) : Number.NaN;
  if (!(Math.abs(now / 1000 - seconds) <= toleranceSeconds)) {
    throw new PawlWebhookError('outside_tolerance', 'The webhook is too old, or from the future.');
  }
  const content = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  const signed = concatenate(new TextEncoder().encode(`${id}.${timestamp}.`), content);
  if (!(await isSigned(signed, signatures, keys))) {
    throw new PawlWebhookError('wrong_signature', 'The webhook was not signed with this secret.');
  }
  const event = parseJson(new TextDecoder().decode(content));
  if (isObject(event) && typeof event['type'] === 'string' && isObject(event['data'])) {
    // Who has the secret says what the API document says, and maybe more.
    return event as unknown as WebhookEvent;
  }
  throw new PawlWebhookError('not_an_event', 'The webhook is signed, and not an event of Pawl.');
}

type Key = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

async function importSecret(secret: string): Promise<Key> {
  const bytes = decodeBase64(secret.replace(/^whsec_/, ''));
  if (bytes === undefined || bytes.length === 0) {
    throw new TypeError('The webhook secret is not base64, with or without whsec_ before it.');
  }
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  return crypto.subtle.importKey('raw', bytes, algorithm, false, ['verify']);
}

/** Whether one of the signatures (`v1,<base64>`, separated by spaces) is of one of the keys. */
async function isSigned(
  signed: Uint8Array<ArrayBuffer>,
  signatures: string,
  keys: readonly Key[],
): Promise<boolean> {
  const candidates = signatures
    .split(' ')
    .filter((each) => each.startsWith('v1,'))
    .slice(0, MOST_SIGNATURES)
    .map((each) => decodeBase64(each.slice('v1,'.length)))
    .filter((each) => each !== undefined);
  for (const candidate of candidates) {
    for (const key of keys) {
      // Takes the same time wherever the two differ.
      if (await crypto.subtle.verify('HMAC', key, candidate, signed)) return true;
    }
  }
  return false;
}

function headerOf(headers: WebhookHeaders, name: string): string {
  const value = isFetchHeaders(headers)
    ? headers.get(name)
    : Object.entries(headers).find(([each]) => each.toLowerCase() === name)?.[1];
  if (typeof value === 'string' && value !== '') return value;
  throw new PawlWebhookError('missing_header', `The webhook has no header ${name}.`);
}

function isFetchHeaders(headers: WebhookHeaders): headers is { get(name: string): string | null } {
  return 'get' in headers && typeof headers.get === 'function';
}

function decodeBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

function concatenate(one: Uint8Array, other: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}
