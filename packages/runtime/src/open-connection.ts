import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import { Cluster, Redis } from 'ioredis';
import type { RedisAddress } from './redis-address.ts';

/**
 * What a connection is for. A `producer` fails its commands at once while Redis is away, and after
 * five seconds without an answer. A `worker` and a `subscriber` wait for Redis to come back, and
 * may block.
 */
export type RedisRole = 'producer' | 'worker' | 'subscriber';

/**
 * The pause in milliseconds before attempt `attempt` (from 1) to reconnect: doubling from 100 to
 * 2,000, with a quarter of jitter so that many processes do not return in step.
 */
export function reconnectDelay(attempt: number, random: () => number = Math.random): number {
  const delay = Math.min(100 * 2 ** Math.min(attempt - 1, 10), 2_000);
  return Math.round(delay * (0.75 + random() / 4));
}

/** A failover is over by then, or the connection leads to a replica for longer, in milliseconds. */
const failover = 5_000;

/**
 * A failover turns the old primary into a replica: its READONLY refusal changed nothing, so the command is sent again
 * on a new connection. A server that stays a replica is not connected to again and again: its refusal is an answer.
 */
export function reconnectAfterFailover(
  now: () => number = () => performance.now(),
): (error: Error) => 2 | false {
  let last = -Infinity;
  return (error) => {
    if (!error.message.startsWith('READONLY') || now() - last < failover) return false;
    last = now();
    return 2;
  };
}

const patient = { enableOfflineQueue: true, commands: { maxRetriesPerRequest: null } } as const;
const behaviours = {
  producer: {
    enableOfflineQueue: false,
    commands: { maxRetriesPerRequest: 1, commandTimeout: 5_000 },
  },
  worker: patient,
  subscriber: patient,
} as const satisfies Record<RedisRole, object>;

export interface OpenSettings {
  readonly connectionName: string | undefined;
  /** See `RedisConnectionSettings`. */
  readonly silence: number;
}

/**
 * Opens what leads to an address: a server, the primary that sentinels name, or a cluster.
 *
 * @throws TypeError where a file of the address cannot be read
 */
export function openConnection(
  address: RedisAddress,
  role: RedisRole,
  { connectionName, silence }: OpenSettings,
): Redis | Cluster {
  const { enableOfflineQueue, commands } = behaviours[role];
  const tls = address.secure ? tlsOf(address) : undefined;
  const shared = {
    ...commands,
    ...(address.username !== undefined && { username: address.username }),
    ...(address.password !== undefined && { password: address.password }),
    ...(tls !== undefined && { tls }),
    ...(connectionName !== undefined && { connectionName }),
    connectTimeout: 5_000,
    socketTimeout: silence,
    reconnectOnError: reconnectAfterFailover(),
  } as const;
  if (address.kind === 'cluster') {
    return new Cluster([...address.nodes], {
      enableOfflineQueue,
      clusterRetryStrategy: (attempt) => reconnectDelay(attempt),
      redisOptions: shared,
    });
  }
  const single = {
    ...shared,
    enableOfflineQueue,
    db: address.db,
    // ioredis subscribes again without looking at what comes of it: a connection that ends at that moment would leave a
    // rejection that nobody handles, which ends the process. Whoever listens subscribes again by itself.
    autoResubscribe: false,
    retryStrategy: (attempt: number) => reconnectDelay(attempt),
  };
  switch (address.kind) {
    case 'single':
      return new Redis({ ...single, host: address.host, port: address.port });
    case 'socket':
      return new Redis({ ...single, path: address.path });
    case 'sentinel':
      return new Redis({
        ...single,
        sentinels: address.sentinels.map((sentinel) => ({ ...sentinel })),
        name: address.name,
        // The sentinels tell of a failover: a primary that is cut off, or paused, says nothing itself.
        failoverDetector: true,
        sentinelCommandTimeout: 2_000,
        sentinelRetryStrategy: (attempt) => reconnectDelay(attempt),
        sentinelReconnectStrategy: (attempt) => reconnectDelay(attempt),
        ...(address.sentinelUsername !== undefined && {
          sentinelUsername: address.sentinelUsername,
        }),
        ...(address.sentinelPassword !== undefined && {
          sentinelPassword: address.sentinelPassword,
        }),
        ...(tls !== undefined && { enableTLSForSentinelMode: true, sentinelTLS: tls }),
      });
  }
}

function tlsOf({ files }: RedisAddress): ConnectionOptions {
  return Object.fromEntries(Object.entries(files).map(readNamed)) as ConnectionOptions;
}

function readNamed([name, path]: [string, string]): [string, Buffer] {
  try {
    return [name, readFileSync(path)];
  } catch (error) {
    throw new TypeError(`REDIS_URL names ${path} as "${name}", which cannot be read`, {
      cause: error,
    });
  }
}
