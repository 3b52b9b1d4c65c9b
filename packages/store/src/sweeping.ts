import { shardOfId } from '@pawl/contracts';
import type { DeliveryStore } from '@pawl/engine';
import type { RedisConnection } from '@pawl/runtime';
import { z } from 'zod';
import { eraseDelivery } from './deliveries.ts';
import type { IndexSettings } from './indexes.ts';
import type { Keys } from './keys.ts';
import { loadScript, runScript } from './script.ts';
import { createWriteBatch, type WriteBatch } from './write-batch.ts';

const leaseScript = loadScript('take-sweep-lease');
const postponeScript = loadScript('postpone');

/** Members that are there are moved back to a later time; nothing else changes. */
async function postpone(
  redis: RedisConnection,
  key: string,
  { members, until }: { members: readonly string[]; until: number },
): Promise<void> {
  if (members.length > 0) await runScript(redis, postponeScript, [key], [until, ...members]);
}

export type SweepLease =
  | { readonly kind: 'taken' }
  /** By somebody else, for so long. */
  | { readonly kind: 'held'; readonly milliseconds: number };

/** What one part of the sweeper has handled since the installation began. */
export interface Swept {
  readonly part: string;
  readonly count: number;
  /** When last, in milliseconds since 1970. */
  readonly at: number;
}

/** What the sweeper reads: whose time has come, oldest first. */
export function createSweeping(redis: RedisConnection, keys: Keys, shards: number) {
  const due = (key: string, before: number, limit: number) =>
    redis.zrangebyscore(key, '-inf', before, 'LIMIT', 0, limit);
  return {
    /** Who takes it sweeps the shard until the lease runs out. */
    async takeSweepLease(shard: number, owner: string, milliseconds: number): Promise<SweepLease> {
      const names = [keys.sweepLease(shard)];
      const left = z.int().parse(await runScript(redis, leaseScript, names, [owner, milliseconds]));
      return left === 0 ? { kind: 'taken' } : { kind: 'held', milliseconds: left };
    },
    /** Counts what a sweep of the shard has handled. */
    async noteSwept(shard: number, { part, count, at }: Swept): Promise<void> {
      const key = keys.swept(shard);
      await redis.multi().hincrby(key, part, count).hset(key, `${part}:at`, at).exec();
    },
    /** Of all shards together. */
    async readSwept(): Promise<Swept[]> {
      const all = await Promise.all(
        Array.from({ length: shards }, (_, shard) => redis.hgetall(keys.swept(shard))),
      );
      const parts = new Set(
        all.flatMap((each) => Object.keys(each).filter((name) => !name.includes(':'))),
      );
      return [...parts].map((part) => ({
        part,
        count: all.reduce((sum, each) => sum + Number(each[part] ?? 0), 0),
        at: Math.max(...all.map((each) => Number(each[`${part}:at`] ?? 0))),
      }));
    },
    jobsDue: (shard: number, before: number, limit: number) =>
      due(keys.runnable(shard), before, limit),
    jobsPastDeadline: (shard: number, now: number, limit: number) =>
      due(keys.deadlines(shard), now, limit),
    jobsToErase: (shard: number, now: number, limit: number) =>
      due(keys.retained(shard), now, limit),
    conversationsHeld: (shard: number, now: number, limit: number) =>
      due(keys.held(shard), now, limit),

    /** The next sweep looks at these jobs again only after the others; a commit meanwhile has the last word. */
    async postponeSweep(shard: number, jobs: readonly string[], until: number): Promise<void> {
      await postpone(redis, keys.runnable(shard), { members: jobs, until });
    },

    /** Removes the index entry of a job that does not exist. */
    async forgetJob(shard: number, job: string): Promise<void> {
      await Promise.all(
        [keys.runnable(shard), keys.deadlines(shard), keys.retained(shard)].map((key) =>
          redis.zrem(key, job),
        ),
      );
    },
  };
}

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
      await postpone(redis, keys.dueDeliveries(shard), { members: deliveries, until });
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
      await postpone(redis, keys.retained(shardOfId(job)), { members: [job], until });
    },

    /** Erases a delivery of no job; the index entry of one that does not exist, too. */
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
      batch.allowFullMemory();
      batch.fence(keys.delivery(id), 'sequence', String(delivery.sequence));
      eraseDelivery(batch, delivery, settings);
      await run(batch);
    },
  };
}
