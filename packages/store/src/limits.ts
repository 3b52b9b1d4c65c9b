import { OperatorLimits, TenantLimits } from '@pawl/contracts';
import type { StoredLimits } from '@pawl/engine';
import type { RedisConnection } from '@pawl/runtime';
import type { Keys } from './keys.ts';
import { formatStored, parseStored } from './parse.ts';

const nothingSet = { tenant: {}, user: {} };

/**
 * The limits of tenants. Every shard holds a copy, which its admissions read; shard 0 is written last and read by
 * whoever shows them, so that a write that was cut off shows as not done.
 */
export function createLimits(redis: RedisConnection, keys: Keys) {
  async function write(
    { tenant, shards }: { tenant: string; shards: number },
    field: keyof StoredLimits,
    text: string,
  ): Promise<void> {
    for (let shard = shards - 1; shard >= 0; shard -= 1) {
      await redis.hset(keys.limits(shard, tenant), field, text);
    }
  }

  return {
    async readLimits(shard: number, tenant: string): Promise<StoredLimits> {
      const [operator, own] = await redis.hmget(keys.limits(shard, tenant), 'operator', 'own');
      const what = `the limits of tenant ${tenant}`;
      return {
        operator: operator ? parseStored(OperatorLimits, operator, what) : nothingSet,
        own: own ? parseStored(TenantLimits, own, what) : nothingSet,
      };
    },
    /** What the tenant sets for itself; replaces what it had set before. */
    writeOwnLimits: (where: { tenant: string; shards: number }, limits: TenantLimits) =>
      write(where, 'own', formatStored(TenantLimits, limits, 'a tenant’s own limits')),
    /** What the operator sets for a tenant; replaces what was set before. */
    writeOperatorLimits: (where: { tenant: string; shards: number }, limits: OperatorLimits) =>
      write(where, 'operator', formatStored(OperatorLimits, limits, 'the operator’s limits')),
  };
}
