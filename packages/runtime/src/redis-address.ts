import { z } from 'zod';

/** Where Redis is, read from `REDIS_URL`. */
export type RedisAddress = {
  readonly username?: string;
  readonly password?: string;
  readonly secure: boolean;
} & (
  | { readonly kind: 'single'; readonly host: string; readonly port: number; readonly db: number }
  | { readonly kind: 'cluster'; readonly nodes: readonly { host: string; port: number }[] }
);

/**
 * Reads `redis://` and `rediss://` (TLS) URLs. Several hosts separated by commas mean a Redis
 * Cluster; user, password and scheme of the first serve for all.
 *
 * @throws TypeError with a sentence that names the rule, and never the URL, since it can hold a
 * password.
 */
export function parseRedisUrl(text: string): RedisAddress {
  const [first, ...others] = text.split(',').map((part, index) => parsePart(part.trim(), index));
  if (first === undefined) throw new TypeError('it must start with redis:// or rediss://');
  const credentials = {
    ...(first.username !== '' && { username: decodeURIComponent(first.username) }),
    ...(first.password !== '' && { password: decodeURIComponent(first.password) }),
    secure: first.protocol === 'rediss:',
  };
  const db = databaseOf(first);
  if (others.length === 0) return { kind: 'single', ...credentials, ...nodeOf(first), db };
  if (db !== 0) throw new TypeError('a cluster has no numbered databases: leave the path out');
  return { kind: 'cluster', ...credentials, nodes: [first, ...others].map(nodeOf) };
}

/** The address without its password, for logs and errors. */
export function describeRedisAddress(address: RedisAddress): string {
  const nodes = address.kind === 'single' ? [address] : address.nodes;
  return nodes.map(({ host, port }) => `${host}:${port}`).join(',');
}

function parsePart(part: string, index: number): URL {
  const url = index > 0 && !part.includes('://') ? `redis://${part}` : part;
  if (!/^rediss?:\/\//.test(url)) throw new TypeError('it must start with redis:// or rediss://');
  if (!URL.canParse(url)) {
    throw new TypeError(
      'it is not a URL of the form redis://user:password@host:6379 (percent-encode the password)',
    );
  }
  const parsed = new URL(url);
  if (parsed.hostname === '') throw new TypeError('it names no host');
  return parsed;
}

function nodeOf(url: URL): { host: string; port: number } {
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? 6379 : Number(url.port),
  };
}

function databaseOf(url: URL): number {
  const path = url.pathname.replace(/^\//, '');
  if (!/^\d{0,4}$/.test(path)) throw new TypeError('its path must be the number of a database');
  return Number(path);
}

/** `REDIS_URL` in an environment schema: checked, and never shown in a problem. */
export const redisUrl = z.string().superRefine((text, context) => {
  try {
    parseRedisUrl(text);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    context.addIssue({ code: 'custom', message: error.message });
  }
});
