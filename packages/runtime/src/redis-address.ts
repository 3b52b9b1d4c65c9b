import { z } from 'zod';

/** Where Redis is, read from `REDIS_URL`. */
export type RedisAddress = {
  readonly username?: string;
  readonly password?: string;
  readonly secure: boolean;
  /** Files: whom to trust, and who this client is. */
  readonly files: Readonly<Partial<Record<TlsFile, string>>>;
} & (
  | { readonly kind: 'single'; readonly host: string; readonly port: number; readonly db: number }
  | { readonly kind: 'socket'; readonly path: string; readonly db: number }
  | { readonly kind: 'cluster'; readonly nodes: readonly RedisNode[] }
  | {
      readonly kind: 'sentinel';
      readonly sentinels: readonly RedisNode[];
      /** What the sentinels call the primary and its replicas. */
      readonly name: string;
      readonly db: number;
      /** The sentinels' own user. */
      readonly sentinelUsername?: string;
      readonly sentinelPassword?: string;
    }
);

interface RedisNode {
  readonly host: string;
  readonly port: number;
}

const tlsFiles = ['ca', 'cert', 'key'] as const;
type TlsFile = (typeof tlsFiles)[number];

const schemes = /^(redis|rediss)(\+sentinel|\+cluster)?:\/\/|^unix:\/\//;
const schemesNamed =
  'it must start with redis://, rediss:// (TLS), redis+sentinel://, redis+cluster:// or unix://';

/**
 * Reads the address of Redis:
 *
 * - `redis://user:password@host:6379/0`, with `rediss://` over TLS
 * - `redis+sentinel://user:password@host:26379,host:26379/NAME/0`, NAME being what the sentinels call the primary;
 *   their own user as `?sentinel_user=…&sentinel_password=…`
 * - `redis+cluster://host:6379`, or several hosts separated by commas: a Redis Cluster
 * - `unix:///run/redis.sock?db=0`
 *
 * With TLS (`rediss`, `rediss+sentinel`, `rediss+cluster`), `?ca=…&cert=…&key=…` name files in PEM.
 *
 * @throws TypeError with a sentence that names the rule, and never the URL, since it can hold a
 * password.
 */
export function parseRedisUrl(text: string): RedisAddress {
  const [first, ...others] = text.split(',').map((part, index) => parsePart(part.trim(), index));
  if (first === undefined) throw new TypeError(schemesNamed);
  const { scheme, url } = first;
  const last = others.at(-1)?.url ?? url;
  const query = last.searchParams;
  refuseUnknown(query, scheme);
  const common = {
    ...credentialsOf(url),
    secure: scheme.startsWith('rediss'),
    files: filesOf(query),
  };
  if (scheme === 'unix') {
    if (others.length > 0) throw new TypeError('a unix socket is one path');
    const path = decodeURIComponent(url.pathname);
    return { kind: 'socket', ...common, path, db: databaseOf(query.get('db') ?? '') };
  }
  const nodes = [first, ...others].map((part) => nodeOf(part.url, scheme));
  const path = [url, ...(others.length === 0 ? [] : [last])]
    .flatMap(({ pathname }) => pathname.split('/'))
    .filter((part) => part !== '')
    .map(decodeURIComponent);
  if (scheme.endsWith('+sentinel')) {
    const [name, db = '', ...more] = path;
    if (name === undefined || more.length > 0) {
      throw new TypeError(
        'a sentinel address ends with /NAME, what the sentinels call the primary',
      );
    }
    return {
      kind: 'sentinel',
      ...common,
      sentinels: nodes,
      name,
      db: databaseOf(db),
      ...optional('sentinelUsername', query.get('sentinel_user')),
      ...optional('sentinelPassword', query.get('sentinel_password')),
    };
  }
  const db = databaseOf(path.join('/'));
  const [node] = nodes;
  if (node !== undefined && nodes.length === 1 && !scheme.endsWith('+cluster')) {
    return { kind: 'single', ...common, ...node, db };
  }
  if (db !== 0) throw new TypeError('a cluster has no numbered databases: leave the path out');
  return { kind: 'cluster', ...common, nodes };
}

/** The address without its password, for logs and errors. */
export function describeRedisAddress(address: RedisAddress): string {
  switch (address.kind) {
    case 'single':
      return joinNodes([address]);
    case 'socket':
      return address.path;
    case 'cluster':
      return joinNodes(address.nodes);
    case 'sentinel':
      return `${joinNodes(address.sentinels)}/${address.name}`;
  }
}

function joinNodes(nodes: readonly RedisNode[]): string {
  return nodes.map(({ host, port }) => `${host}:${port}`).join(',');
}

interface AddressPart {
  readonly scheme: string;
  readonly url: URL;
}

function parsePart(part: string, index: number): AddressPart {
  const text = index > 0 && !part.includes('://') ? `redis://${part}` : part;
  if (!schemes.test(text)) throw new TypeError(schemesNamed);
  const scheme = text.slice(0, text.indexOf('://'));
  // The standard knows neither of these: a scheme with a plus is kept apart, and a path needs a host before it.
  const plain = text
    .replace(/^(rediss?)\+\w+:/, '$1:')
    .replace(/^unix:\/\/([^/]*@)?\//, 'unix://$1localhost/');
  if (!URL.canParse(plain)) {
    throw new TypeError(
      'it is not a URL of the form redis://user:password@host:6379 (percent-encode the password)',
    );
  }
  const url = new URL(plain);
  if (url.hostname === '' && scheme !== 'unix') throw new TypeError('it names no host');
  if (url.pathname === '' && scheme === 'unix') throw new TypeError('it names no socket');
  return { scheme, url };
}

function credentialsOf({ username, password }: URL): { username?: string; password?: string } {
  return {
    ...(username !== '' && { username: decodeURIComponent(username) }),
    ...(password !== '' && { password: decodeURIComponent(password) }),
  };
}

function nodeOf(url: URL, scheme: string): RedisNode {
  const standard = scheme.endsWith('+sentinel') ? 26_379 : 6_379;
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? standard : Number(url.port),
  };
}

function databaseOf(text: string): number {
  if (!/^\d{0,4}$/.test(text)) throw new TypeError('its path must be the number of a database');
  return Number(text);
}

/** A parameter that nobody reads is a mistake: a certificate that is not used, say. */
function refuseUnknown(query: URLSearchParams, scheme: string): void {
  const known = [
    ...(scheme.startsWith('rediss') ? tlsFiles : []),
    ...(scheme === 'unix' ? ['db'] : []),
    ...(scheme.endsWith('+sentinel') ? ['sentinel_user', 'sentinel_password'] : []),
  ];
  const unknown = [...query.keys()].find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const usable = known.length === 0 ? 'none' : known.join(', ');
  throw new TypeError(`it has the parameter "${unknown}", and ${scheme}:// takes ${usable}`);
}

function filesOf(query: URLSearchParams): Partial<Record<TlsFile, string>> {
  return Object.assign({}, ...tlsFiles.map((name) => optional(name, query.get(name))));
}

function optional<Name extends string>(
  name: Name,
  value: string | null,
): Partial<Record<Name, string>> {
  return value === null ? {} : ({ [name]: value } as Partial<Record<Name, string>>);
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
