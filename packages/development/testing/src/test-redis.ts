import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, inject } from 'vitest';

export const namespacePrefix = 'pawl-test-';

export interface TestRedis {
  readonly url: string;
  /** This file's own, such as `pawl-test-1f2e3d4c`: takes the place of `pawl` in every key. */
  readonly namespace: string;
  /** The hash tag of the namespace's first shard: `{pawl-test-1f2e3d4c:0}`. */
  readonly prefix: string;
  /** A connection that waits for Redis, as a worker's does. */
  readonly redis: Redis;
  /** A further connection, closed after the file's last test. */
  readonly connect: () => Redis;
  /** All keys of this namespace, sorted. */
  readonly keys: () => Promise<string[]>;
}

/**
 * Call it at the top of a test file: gives it keys of its own in the run's Redis, and after its
 * last test closes the connections and deletes the keys. What a file writes under other keys fails
 * the run.
 */
export function testRedis(): TestRedis {
  const url = inject('redisUrl');
  const namespace = `${namespacePrefix}${randomBytes(6).toString('hex')}`;
  const connections: Redis[] = [];
  const connect = (): Redis => {
    const connection = new Redis(url, { maxRetriesPerRequest: null });
    connections.push(connection);
    return connection;
  };
  const redis = connect();
  const keys = async (): Promise<string[]> => {
    const found = new Set<string>();
    for await (const page of redis.scanStream({ match: `{${namespace}:*`, count: 1_000 })) {
      for (const key of page as string[]) found.add(key);
    }
    return [...found].toSorted();
  };
  afterAll(async () => {
    const left = await keys();
    if (left.length > 0) await redis.unlink(left);
    for (const connection of connections) connection.disconnect();
  });
  return { url, namespace, prefix: `{${namespace}:0}`, redis, connect, keys };
}
