import type { RedisConnection } from '@pawl/runtime';
import type { Keys } from './keys.ts';

/** What the sweeper reads: whose time has come, oldest first. */
export function createSweeping(redis: RedisConnection, keys: Keys) {
  const due = (key: string, before: number, limit: number) =>
    redis.zrangebyscore(key, '-inf', before, 'LIMIT', 0, limit);
  return {
    /** True: this process sweeps the shard until the lease runs out. */
    async takeSweepLease(shard: number, owner: string, milliseconds: number): Promise<boolean> {
      const key = keys.sweepLease(shard);
      return (await redis.set(key, owner, 'PX', milliseconds, 'NX')) === 'OK';
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
