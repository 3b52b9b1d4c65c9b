import { createHash } from 'node:crypto';
import type { RedisConnection } from '@pawl/runtime';
import type { Keys } from './keys.ts';

/** The number of shards in the settings is not the one that the data was written with. */
export class ShardCountError extends Error {
  override readonly name = 'ShardCountError';
}

/** A user belongs to one shard. */
export function shardFor(
  { tenant, user }: { tenant: string; user: string },
  shards: number,
): number {
  const hash = createHash('sha256').update(`${tenant}\n${user}`).digest();
  return hash.readUInt32BE(0) % shards;
}

/** The count is stored at the first start. Throws {@link ShardCountError} when another one is stored. */
export async function ensureShardCount(
  redis: RedisConnection,
  keys: Keys,
  shards: number,
): Promise<void> {
  await redis.setnx(keys.shards(), shards);
  const stored = await redis.get(keys.shards());
  if (Number(stored) !== shards) {
    throw new ShardCountError(
      `PAWL_SHARDS is ${shards}, but this Redis was started with ${stored}: the number cannot change. ` +
        `Set PAWL_SHARDS=${stored}, or use an empty Redis.`,
    );
  }
}
