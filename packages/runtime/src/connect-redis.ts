import { Cluster, Redis } from 'ioredis';
import { joinWrites } from './join-writes.ts';
import type { Logger } from './logger.ts';
import { openConnection, type RedisRole } from './open-connection.ts';
import { describeRedisAddress, parseRedisUrl } from './redis-address.ts';
import { lastingProblem, RedisUnusableError } from './redis-unusable.ts';
import { shortenScriptRuns } from './script-runs.ts';

export type RedisConnection = Redis | Cluster;

export interface RedisConnectionSettings {
  readonly logger?: Logger;
  /** Shown by Redis in `CLIENT LIST`. */
  readonly connectionName?: string;
  /** After so many milliseconds without the answer to a command, the peer counts as gone. Default: see {@link silenceOf}. */
  readonly silence?: number;
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
  else redis.on('+node', joinWrites).on('+node', forgiveAsking);
  shortenScriptRuns(redis);
  if (role === 'subscriber') askNowAndThen(redis, silence / 2);
  logOutages(redis, { logger, address: describeRedisAddress(address), role });
  return redis;
}

/** The servers that a connection leads to: in a cluster, all of its nodes. */
export function redisNodes(redis: RedisConnection): Redis[] {
  return redis instanceof Cluster ? redis.nodes('all') : [redis];
}

/** Those of them that take writes. */
export function redisPrimaries(redis: RedisConnection): Redis[] {
  return redis instanceof Cluster ? redis.nodes('master') : [redis];
}

/**
 * While a slot moves, ioredis sends ASKING before a command and looks at the answer of the command only: should the node
 * not be connected yet, nobody would handle that.
 */
function forgiveAsking(node: Redis): void {
  const asking = node.asking.bind(node);
  const forgiving = (): Promise<'OK'> => {
    const answer = asking();
    answer.catch(() => undefined);
    return answer;
  };
  Object.assign(node, { asking: forgiving });
}

/** Who only listens sends nothing, and would not notice that nobody is there. */
function askNowAndThen(redis: RedisConnection, interval: number): void {
  const timer = setInterval(() => {
    if (redis.status === 'ready') redis.ping().catch(() => undefined);
  }, interval);
  timer.unref();
  redis.once('end', () => clearInterval(timer));
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
 * @throws RedisUnusableError at once where waiting does not help: a wrong password or certificate, say
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
    const settle = (failure?: Error): void => {
      clearTimeout(timer);
      redis.off('ready', onReady).off('error', onError).off('end', onEnd);
      if (failure === undefined) resolve();
      else reject(failure);
    };
    const fail = (text: string) => settle(new Error(text, { cause: lastError }));
    const onError = (error: Error): void => {
      lastError = error;
      const problem = lastingProblem(error);
      if (problem !== undefined) settle(new RedisUnusableError([problem], { cause: error }));
    };
    const onReady = (): void => settle();
    const onEnd = (): void => fail('The connection to Redis was closed before it was ready.');
    const timer = setTimeout(() => {
      const reason = lastError === undefined ? '' : ` (${lastError.message})`;
      fail(
        `Redis did not answer within ${timeoutMilliseconds / 1_000} s${reason}. ` +
          'Check REDIS_URL, and that the server runs and can be reached.' +
          // The end of the connection can outrun the alert that says so.
          (reason.includes('ECONNRESET')
            ? ' A server that wants a certificate of this client ends connections like that: see cert and key in docs/redis.md.'
            : ''),
      );
    }, timeoutMilliseconds);
    redis.on('ready', onReady).on('error', onError).on('end', onEnd);
  });
}
