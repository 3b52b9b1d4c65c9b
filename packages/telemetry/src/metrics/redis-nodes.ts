import type { RedisConnection } from '@pawl/runtime';

/** What a primary says of itself. */
export interface RedisNode {
  /** Host and port, or `redis` where there is one only. */
  readonly node: string;
  readonly version: string;
  /** What it does when its memory is full. */
  readonly policy: string;
  /** Bytes. */
  readonly used: number;
  /** Bytes; 0: no limit. */
  readonly limit: number;
}

/** How each primary stands, by its `INFO`. */
export async function readRedisNodes(redis: RedisConnection): Promise<RedisNode[]> {
  if (!('nodes' in redis)) return [nodeOf('redis', await redis.info())];
  return Promise.all(
    redis.nodes('master').map(async (node) => {
      const { host = '', port = 0 } = node.options;
      return nodeOf(`${host}:${port}`, await node.info());
    }),
  );
}

function nodeOf(node: string, info: string): RedisNode {
  const textOf = (field: string) => new RegExp(`^${field}:(\\S+)`, 'm').exec(info)?.[1] ?? '';
  return {
    node,
    version: textOf('redis_version'),
    policy: textOf('maxmemory_policy'),
    used: Number(textOf('used_memory')),
    limit: Number(textOf('maxmemory')),
  };
}
