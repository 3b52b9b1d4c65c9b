import { shardOfId } from '@pawl/contracts';
import type { DeliveryStore } from '@pawl/engine';
import type { RedisConnection } from '@pawl/runtime';
import { eraseDelivery } from './delivery-writes.ts';
import type { IndexSettings } from './indexes.ts';
import { createWriteBatch, type WriteBatch } from './write-batch.ts';

interface SweepingDependencies {
  readonly redis: RedisConnection;
  readonly settings: IndexSettings;
  readonly run: (batch: WriteBatch) => Promise<boolean>;
  readonly readDelivery: DeliveryStore['readDelivery'];
}

/** What the sweeper reads of webhooks: whose time has come, oldest first. */
export function createDeliverySweeping({
  redis,
  settings,
  run,
  readDelivery,
}: SweepingDependencies) {
  const { keys } = settings;
  const due = (key: string, before: number, limit: number) =>
    redis.zrangebyscore(key, '-inf', before, 'LIMIT', 0, limit);
  return {
    deliveriesDue: (shard: number, before: number, limit: number) =>
      due(keys.dueDeliveries(shard), before, limit),
    deliveriesToErase: (shard: number, now: number, limit: number) =>
      due(keys.retainedDeliveries(shard), now, limit),

    /** The next sweep looks at these again only after the others; a commit meanwhile has the last word. */
    async postponeDeliveries(
      shard: number,
      deliveries: readonly string[],
      until: number,
    ): Promise<void> {
      if (deliveries.length === 0) return;
      const entries = deliveries.flatMap((delivery) => [until, delivery]);
      await redis.zadd(keys.dueDeliveries(shard), 'XX', 'GT', ...entries);
    },

    /** Deliveries that a version before shares has parked at their endpoints are due; nothing else is kept there. */
    async releaseEndpoints(shard: number): Promise<void> {
      for (const endpoint of await redis.zrange(keys.busyEndpoints(shard), '0', '-1')) {
        const parked = keys.endpointParked(shard, endpoint);
        const deliveries = await redis.zrange(parked, '0', '-1');
        const due = deliveries.flatMap((delivery) => [0, delivery]);
        if (due.length > 0) await redis.zadd(keys.dueDeliveries(shard), ...due);
        await redis
          .multi()
          .del(parked, keys.endpointSlots(shard, endpoint))
          .zrem(keys.busyEndpoints(shard), endpoint)
          .exec();
      }
    },

    /** An ended job is kept until its last webhook is settled. */
    async postponeErasure(job: string, until: number): Promise<void> {
      await redis.zadd(keys.retained(shardOfId(job)), 'XX', 'GT', until, job);
    },

    /** Erases a delivery of no job; an index entry without a delivery behind it, too. */
    async eraseDelivery(id: string): Promise<void> {
      const shard = shardOfId(id);
      const delivery = await readDelivery(id);
      if (delivery === undefined) {
        await Promise.all([
          redis.zrem(keys.dueDeliveries(shard), id),
          redis.zrem(keys.retainedDeliveries(shard), id),
        ]);
        return;
      }
      const batch = createWriteBatch();
      batch.fence(keys.delivery(id), 'sequence', String(delivery.sequence));
      eraseDelivery(batch, delivery, settings);
      await run(batch);
    },
  };
}
