import { createHash } from 'node:crypto';
import type { RedisConnection } from '@pawl/runtime';
import type { Keys } from './keys.ts';

/** A worker that said nothing for this long is not counted, in milliseconds. */
const silence = 15_000;

/** Workers say now and then that they live, so that readiness can tell whether anybody works. */
export function createWorkerRegister(redis: RedisConnection, keys: Keys) {
  return {
    async announceWorker(id: string, now: number): Promise<void> {
      await Promise.all([
        redis.zadd(keys.workers(), now, id),
        redis.zremrangebyscore(keys.workers(), '-inf', now - silence),
      ]);
    },
    async withdrawWorker(id: string): Promise<void> {
      await redis.zrem(keys.workers(), id);
    },
    /** Whether a worker of this machine is counted. Its id begins with the machine's name. */
    async hasWorkerOn(machine: string, now: number): Promise<boolean> {
      const seen = await redis.zrangebyscore(keys.workers(), now - silence, '+inf');
      return seen.some((id) => id.startsWith(`${machine}:`));
    },
    async seenWorkers(now: number): Promise<number> {
      return redis.zcount(keys.workers(), now - silence, '+inf');
    },
    /** The workers that are counted, by when they have last said that they live (milliseconds since 1970). */
    async workersSeen(now: number): Promise<{ id: string; at: number }[]> {
      const flat = await redis.zrange(
        keys.workers(),
        now - silence,
        '+inf',
        'BYSCORE',
        'WITHSCORES',
      );
      const ids = flat.filter((_, position) => position % 2 === 0);
      return ids.map((id, position) => ({ id, at: Number(flat[position * 2 + 1]) }));
    },
  };
}

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
