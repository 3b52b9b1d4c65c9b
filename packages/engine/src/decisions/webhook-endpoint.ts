import { createHash } from 'node:crypto';

/**
 * The name of an endpoint: whose it is, and its URL without the query, so that a parameter per job makes no endpoint of
 * its own. A digest, since the path may be a secret.
 */
export function endpointOf(tenant: string, url: string): string {
  const { origin, pathname } = new URL(url);
  return createHash('sha256').update(`${tenant}\n${origin}${pathname}`).digest('hex').slice(0, 40);
}
