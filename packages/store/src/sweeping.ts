import type { RedisConnection } from '@pawl/runtime';
import { z } from 'zod';
import type { Keys } from './keys.ts';
import { loadScript, runScript } from './script.ts';

const leaseScript = loadScript('take-sweep-lease');

export type SweepLease =
  | { readonly kind: 'taken' }
  /** By somebody else, for so long. */
  | { readonly kind: 'held'; readonly milliseconds: number };

/** What the sweeper reads: whose time has come, oldest first. */
export function createSweeping(redis: RedisConnection, keys: Keys) {
  const due = (key: string, before: number, limit: number) =>
    redis.zrangebyscore(key, '-inf', before, 'LIMIT', 0, limit);
  return {
    /** Who takes it sweeps the shard until the lease runs out. */
    async takeSweepLease(shard: number, owner: string, milliseconds: number): Promise<SweepLease> {
      const names = [keys.sweepLease(shard)];
      const left = z.int().parse(await runScript(redis, leaseScript, names, [owner, milliseconds]));
      return left === 0 ? { kind: 'taken' } : { kind: 'held', milliseconds: left };
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
      if (jobs.length === 0) return;
      await redis.zadd(keys.runnable(shard), 'XX', 'GT', ...jobs.flatMap((job) => [until, job]));
    },

    /** An index entry without a job behind it. */
    async forgetJob(shard: number, job: string): Promise<void> {
      await Promise.all(
        [keys.runnable(shard), keys.deadlines(shard), keys.retained(shard)].map((key) =>
          redis.zrem(key, job),
        ),
      );
    },
  };
}
