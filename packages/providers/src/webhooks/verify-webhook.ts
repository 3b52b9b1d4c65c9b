import { Webhook } from 'standardwebhooks';

/** Headers with names in lower case, as Node has them. */
export type ReceivedHeaders = Readonly<Record<string, string | string[] | undefined>>;

/**
 * The id of an event that was signed by Standard Webhooks with one of these secrets, up to five minutes ago; undefined
 * for what was not.
 */
export function verifyStandardWebhook(
  { headers, body }: { readonly headers: ReceivedHeaders; readonly body: string },
  secrets: readonly string[],
): string | undefined {
  const names = ['webhook-id', 'webhook-timestamp', 'webhook-signature'];
  const given = Object.fromEntries(names.map((name) => [name, headers[name]]));
  const id = given['webhook-id'];
  if (typeof id !== 'string' || !/^[\x21-\x7e]{1,256}$/.test(id)) return undefined;
  const isSigned = secrets.some((secret) => isSignedBy(secret, given, body));
  return isSigned ? id : undefined;
}

function isSignedBy(secret: string, headers: ReceivedHeaders, body: string): boolean {
  try {
    new Webhook(secret).verify(body, headers as Record<string, string>);
    return true;
  } catch {
    return false;
  }
}
