import { Cluster, Redis } from 'ioredis';
import { joinWrites } from './join-writes.ts';
import type { Logger } from './logger.ts';
import { describeRedisAddress, parseRedisUrl, type RedisAddress } from './redis-address.ts';

export type RedisConnection = Redis | Cluster;

/**
 * What a connection is for. A `producer` fails its commands at once while Redis is away, and after
 * five seconds without an answer. A `worker` and a `subscriber` wait for Redis to come back, and
 * may block.
 */
export type RedisRole = 'producer' | 'worker' | 'subscriber';

export interface RedisConnectionSettings {
  readonly logger?: Logger;
  /** Shown by Redis in `CLIENT LIST`. */
  readonly connectionName?: string;
  /** After so many milliseconds without the answer to a command, the peer counts as gone. Default: see {@link silenceOf}. */
  readonly silence?: number;
}

/**
 * Opens a connection that reconnects by itself for as long as it lives, and logs each outage once.
 * Connecting goes on in the background: see `whenRedisReady`. Close it with `redis.quit()` or
 * `redis.disconnect()`.
 *
 * @throws TypeError if the URL cannot be read; see `parseRedisUrl`.
 */
export function connectRedis(
  url: string,
  role: RedisRole,
  { logger, connectionName, silence = silenceOf[role] }: RedisConnectionSettings = {},
): RedisConnection {
  const address = parseRedisUrl(url);
  const redis = openConnection(address, role, { connectionName, silence });
  if (redis instanceof Redis) joinWrites(redis);
  else redis.on('+node', joinWrites);
  if (role === 'subscriber') askNowAndThen(redis, silence / 2);
  logOutages(redis, { logger, address: describeRedisAddress(address), role });
  return redis;
}

/** The servers that a connection leads to: in a cluster, all of its nodes. */
export function redisNodes(redis: RedisConnection): Redis[] {
  return redis instanceof Cluster ? redis.nodes('all') : [redis];
}

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

/**
 * How long the answer to a command may take before the connection counts as dead, in milliseconds: a host that vanishes
 * closes nothing, and TCP gives up after minutes only. A worker's connections block for ten seconds at most: BullMQ
 * waits so long for a task.
 */
export const silenceOf = {
  producer: 7_000,
  worker: 15_000,
  subscriber: 15_000,
} as const satisfies Record<RedisRole, number>;

/** Who only listens sends nothing, and would not notice that nobody is there. */
function askNowAndThen(redis: RedisConnection, interval: number): void {
  const timer = setInterval(() => {
    if (redis.status === 'ready') redis.ping().catch(() => undefined);
  }, interval);
  timer.unref();
  redis.once('end', () => clearInterval(timer));
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

function openConnection(
  address: RedisAddress,
  role: RedisRole,
  { connectionName, silence }: { connectionName: string | undefined; silence: number },
): RedisConnection {
  const { enableOfflineQueue, commands } = behaviours[role];
  const shared = {
    ...commands,
    ...(address.username !== undefined && { username: address.username }),
    ...(address.password !== undefined && { password: address.password }),
    ...(address.secure && { tls: {} }),
    ...(connectionName !== undefined && { connectionName }),
    connectTimeout: 5_000,
    socketTimeout: silence,
    reconnectOnError: reconnectAfterFailover(),
  } as const;
  if (address.kind === 'single') {
    const { host, port, db } = address;
    return new Redis({
      ...shared,
      enableOfflineQueue,
      host,
      port,
      db,
      retryStrategy: (attempt) => reconnectDelay(attempt),
    });
  }
  return new Cluster([...address.nodes], {
    enableOfflineQueue,
    clusterRetryStrategy: (attempt) => reconnectDelay(attempt),
    redisOptions: shared,
  });
}

interface OutageLogSettings {
  readonly logger: Logger | undefined;
  /** Host and port, without credentials. */
  readonly address: string;
  readonly role: string;
}

/**
 * Logs one line when Redis goes away and one when it is back, however often the connection is
 * tried in between. Also keeps a connection error from ending the process.
 */
function logOutages(redis: Redis | Cluster, { logger, address, role }: OutageLogSettings): void {
  let awaySince: number | undefined;
  redis.on('error', (error: Error) => {
    if (awaySince !== undefined) return;
    awaySince = performance.now();
    logger?.error({ redis: address, role, err: error }, 'Redis is away, reconnecting');
  });
  redis.on('ready', () => {
    if (awaySince === undefined) return;
    const seconds = Math.round((performance.now() - awaySince) / 100) / 10;
    awaySince = undefined;
    logger?.info({ redis: address, role, seconds }, 'Redis is back');
  });
}

/**
 * Resolves once the connection can take commands.
 *
 * @throws Error with the last connection error as its cause if that takes longer than
 * `timeoutMilliseconds`, or if the connection is closed meanwhile.
 */
export async function whenRedisReady(
  redis: RedisConnection,
  timeoutMilliseconds: number,
): Promise<void> {
  if (redis.status === 'ready') return;
  await new Promise<void>((resolve, reject) => {
    let lastError: Error | undefined;
    const onError = (error: Error): void => {
      lastError = error;
    };
    const settle = (failure?: string): void => {
      clearTimeout(timer);
      redis.off('ready', onReady).off('error', onError).off('end', onEnd);
      if (failure === undefined) resolve();
      else reject(new Error(failure, { cause: lastError }));
    };
    const onReady = (): void => settle();
    const onEnd = (): void => settle('The connection to Redis was closed before it was ready.');
    const timer = setTimeout(() => {
      const reason = lastError === undefined ? '' : ` (${lastError.message})`;
      settle(
        `Redis did not answer within ${timeoutMilliseconds / 1_000} s${reason}. ` +
          'Check REDIS_URL, and that the server runs and can be reached.',
      );
    }, timeoutMilliseconds);
    redis.on('ready', onReady).on('error', onError).on('end', onEnd);
  });
}
