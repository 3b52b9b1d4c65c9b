import { randomBytes } from 'node:crypto';
import { Cluster, Redis } from 'ioredis';
import { afterAll, inject } from 'vitest';

export const namespacePrefix = 'pawl-test-';

/** `PAWL_SHARDS`: how many shards an installation of a test has that names no number. */
export const testShards = Number(process.env['PAWL_SHARDS'] ?? 1);

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

export interface TestRedisOptions {
  /**
   * The file does what can be done to one server only: stands a proxy before it, names a database by its number, counts
   * bytes or subscribers. It gets a server of that kind where the run has a cluster, too.
   */
  readonly oneServer?: boolean;
}

/**
 * Call it at the top of a test file: gives it keys of its own in the run's Redis, and after its
 * last test closes the connections and deletes the keys. What a file writes under other keys fails
 * the run.
 */
export function testRedis({ oneServer = false }: TestRedisOptions = {}): TestRedis {
  const url = inject(oneServer ? 'oneServerUrl' : 'redisUrl');
  const namespace = `${namespacePrefix}${randomBytes(6).toString('hex')}`;
  const connections: Redis[] = [];
  const connect = (): Redis => {
    const connection = connectTo(url);
    connections.push(connection);
    return connection;
  };
  const redis = connect();
  const keys = () => keysLike(redis, `{${namespace}:*`);
  afterAll(async () => {
    // One by one: over a cluster, keys of several shards stand on several nodes.
    await Promise.all((await keys()).map((key) => redis.unlink(key)));
    for (const connection of connections) connection.disconnect();
  });
  return { url, namespace, prefix: `{${namespace}:0}`, redis, connect, keys };
}

function nodesOf(redis: unknown): Redis[] {
  return redis instanceof Cluster ? redis.nodes('master') : [redis as Redis];
}

/** Over a cluster, too, what is sent is what one server is sent: tests use no command that a cluster does not have. */
export function connectTo(url: string): Redis {
  if (!url.startsWith('redis+cluster:')) return new Redis(url, { maxRetriesPerRequest: null });
  const { hostname, port } = new URL(url);
  return new Cluster([{ host: hostname, port: Number(port) }], {
    redisOptions: { maxRetriesPerRequest: null },
  }) as unknown as Redis;
}

/** All keys that match a pattern, on every node, sorted. */
export async function keysLike(redis: Redis, match: string): Promise<string[]> {
  const nodes = nodesOf(redis);
  const found = new Set<string>();
  for (const node of nodes) {
    for await (const page of node.scanStream({ match, count: 1_000 })) {
      for (const key of page as string[]) found.add(key);
    }
  }
  return [...found].toSorted();
}
