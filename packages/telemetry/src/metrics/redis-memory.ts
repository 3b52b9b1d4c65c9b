import type { RedisConnection } from '@pawl/runtime';

export interface RedisMemory {
  /** Host and port of a primary, or `redis` where there is one only. */
  readonly node: string;
  /** Bytes. */
  readonly used: number;
  /** Bytes; 0: no limit. */
  readonly limit: number;
}

/** How much memory each primary uses, by its `INFO`. */
export async function readRedisMemory(redis: RedisConnection): Promise<RedisMemory[]> {
  if (!('nodes' in redis)) return [memoryOf('redis', await redis.info('memory'))];
  return Promise.all(
    redis.nodes('master').map(async (node) => {
      const { host = '', port = 0 } = node.options;
      return memoryOf(`${host}:${port}`, await node.info('memory'));
    }),
  );
}

function memoryOf(node: string, info: string): RedisMemory {
  const numberOf = (field: string) =>
    Number(new RegExp(`^${field}:(\\d+)`, 'm').exec(info)?.[1] ?? 0);
  return { node, used: numberOf('used_memory'), limit: numberOf('maxmemory') };
}
