import { Webhook } from 'standardwebhooks';

/** A secret is not what Standard Webhooks wants. Never says what it is. */
export class WebhookSecretError extends Error {
  override readonly name = 'WebhookSecretError';
}

/** The secrets of a variable, separated by spaces or commas; undefined when one of them is not a secret. */
export function parseWebhookSecrets(text: string): string[] | undefined {
  const secrets = text.split(/[\s,]+/).filter((word) => word !== '');
  return secrets.every(isWebhookSecret) ? secrets : undefined;
}

/** `whsec_` and base64 of 24 to 64 bytes. */
function isWebhookSecret(secret: string): boolean {
  const encoded = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret)?.[1];
  if (encoded === undefined || encoded.length % 4 !== 0) return false;
  const { length } = Buffer.from(encoded, 'base64');
  return length >= 24 && length <= 64;
}

/**
 * The headers of one attempt: every secret signs, so that a receiver can change to the new one at its own time.
 *
 * @throws WebhookSecretError
 */
export function signWebhook(
  { event, body, secrets }: { event: string; body: string; secrets: readonly string[] },
  at: Date,
): Record<string, string> {
  if (secrets.length === 0) throw new WebhookSecretError('There is no secret to sign with.');
  if (!secrets.every(isWebhookSecret)) {
    throw new WebhookSecretError('A webhook secret must be whsec_ and base64 of 24 to 64 bytes.');
  }
  return {
    'webhook-id': event,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': secrets
      .map((secret) => new Webhook(secret).sign(event, at, body))
      .join(' '),
  };
}
