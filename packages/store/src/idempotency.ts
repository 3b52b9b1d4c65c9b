import type { RedisConnection } from '@pawl/runtime';
import { z } from 'zod';
import type { Keys } from './keys.ts';
import { parseStored } from './parse.ts';

const Reservation = z.object({ bodyHash: z.string(), job: z.string() });

export type IdempotencyOutcome =
  | { readonly kind: 'reserved'; readonly job: string }
  | { readonly kind: 'same'; readonly job: string }
  | { readonly kind: 'mismatch' };

/** How long a key is remembered, in seconds. */
const remembered = 86_400;

/**
 * Reserves a client's Idempotency-Key for a job id that was made beforehand. Whoever comes second gets the first one's
 * id, and admission by that id is idempotent: so a death between the two loses nothing.
 */
export async function reserveIdempotencyKey(
  { redis, keys, shard }: { redis: RedisConnection; keys: Keys; shard: number },
  request: { tenant: string; key: string; bodyHash: string; job: string },
): Promise<IdempotencyOutcome> {
  const name = keys.idempotency(shard, request.tenant, request.key);
  const mine = JSON.stringify({ bodyHash: request.bodyHash, job: request.job });
  const taken = await redis.set(name, mine, 'EX', remembered, 'NX');
  if (taken === 'OK') return { kind: 'reserved', job: request.job };
  const stored = await redis.get(name);
  // It ran out in between.
  if (stored === null) return reserveIdempotencyKey({ redis, keys, shard }, request);
  const first = parseStored(Reservation, stored, 'an idempotency key');
  return first.bodyHash === request.bodyHash
    ? { kind: 'same', job: first.job }
    : { kind: 'mismatch' };
}
