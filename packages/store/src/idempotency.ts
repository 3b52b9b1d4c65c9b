import type { IdempotencyRecord, IdempotencyWrite } from '@pawl/engine';
import type { RedisConnection } from '@pawl/runtime';
import { z } from 'zod';
import type { Keys } from './keys.ts';
import { parseStored, recordFormat } from './record-format.ts';
import type { WriteBatch } from './write-batch.ts';

/** How long a key is remembered, in seconds. */
const remembered = 86_400;

/** What a key has made stands in the shard of what it made, so that one commit writes both. */
export function createIdempotency(redis: RedisConnection, keys: Keys, shards: number) {
  async function recordIn(
    shard: number,
    tenant: string,
    key: string,
  ): Promise<IdempotencyRecord | undefined> {
    const name = keys.idempotency(shard, tenant, key);
    const [bodyHash, made] = await redis.hmget(name, 'bodyHash', 'made');
    if (typeof bodyHash !== 'string' || typeof made !== 'string') return undefined;
    return { bodyHash, made, replaces: made };
  }
  return {
    /** Looks in every shard: a request with another body may have made something in another one. */
    async readIdempotencyRecord(
      tenant: string,
      key: string,
    ): Promise<IdempotencyRecord | undefined> {
      const places = Array.from({ length: shards }, (_, shard) => recordIn(shard, tenant, key));
      const found = await Promise.all([...places, reservationOf(redis, keys, { tenant, key })]);
      return found.find((record) => record !== undefined);
    },
  };
}

const Reservation = z.object({ bodyHash: z.string(), job: z.string() });

/** Before, a key was reserved ahead of the commit, in shard 0. What was reserved then is remembered for its day. */
async function reservationOf(
  redis: RedisConnection,
  keys: Keys,
  { tenant, key }: { tenant: string; key: string },
): Promise<IdempotencyRecord | undefined> {
  const stored = await redis.get(keys.idempotencyReservation(tenant, key));
  if (stored === null) return undefined;
  const { bodyHash, job } = parseStored(Reservation, stored, 'an idempotency key');
  return { bodyHash, made: job, replaces: null };
}

export function fenceIdempotency(
  batch: WriteBatch,
  { shard, write }: { shard: number; write: IdempotencyWrite },
  keys: Keys,
): void {
  const name = keys.idempotency(shard, write.tenant, write.key);
  batch.fence(name, 'made', write.replaces);
}

export function writeIdempotency(
  batch: WriteBatch,
  { shard, write }: { shard: number; write: IdempotencyWrite },
  keys: Keys,
): void {
  const name = keys.idempotency(shard, write.tenant, write.key);
  batch.write('HSET', name, 'bodyHash', write.bodyHash, 'made', write.made, 'format', recordFormat);
  batch.write('EXPIRE', name, remembered);
  // So that the key goes with the job.
  if (write.made.startsWith('job_')) batch.write('HSET', keys.job(write.made), 'idempotency', name);
}
