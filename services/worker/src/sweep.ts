import { dueWakes, expireJob, releaseTimedOutHolds, type Engine, type Wake } from '@pawl/engine';
import type { Logger } from '@pawl/runtime';
import type { PawlStore } from '@pawl/store';
import { sweepSchedules } from './sweep-schedules.ts';
import { sweepWebhooks } from './sweep-webhooks.ts';

export interface SweepDependencies {
  readonly engine: Engine;
  readonly store: PawlStore;
  readonly log: Logger;
  readonly workerId: string;
  /** Milliseconds between two sweeps of a shard, by whichever worker comes first. */
  readonly interval: number;
}

const hour = 3_600_000;

/** How much one sweep of a shard looks at: what is left over comes first the next time. */
const batch = 1_000;

/**
 * Heals what a death left undone in one shard: wakes that were lost, deadlines, conversations that wait for calls that
 * can't be in flight any more; and erases what was kept long enough. It only wakes and ends, it never claims
 * (invariant 2).
 */
export async function sweepShard(sweeper: SweepDependencies, shard: number): Promise<void> {
  const { engine, store, workerId, interval } = sweeper;
  if (!(await store.takeSweepLease(shard, workerId, interval))) return;
  const now = engine.now();
  await wakeDueJobs(sweeper, shard, now);
  await sweepSchedules(sweeper, shard);
  await sweepWebhooks(sweeper, shard, now);
  const expired = await store.jobsPastDeadline(shard, now, batch);
  await each(sweeper, expired, (job) => expireJob(engine, job));
  const held = await store.conversationsHeld(shard, now, batch);
  await each(sweeper, held, (conversation) => releaseTimedOutHolds(engine, conversation));
  const erasable = await store.jobsToErase(shard, now, batch);
  await each(sweeper, erasable, async (job) => {
    if ((await store.readJob(job)) === undefined) await store.forgetJob(shard, job);
    else if (await store.hasPendingDeliveries(job)) await store.postponeErasure(job, now + hour);
    else await store.eraseJob(job);
  });
}

async function wakeDueJobs(sweeper: SweepDependencies, shard: number, now: number): Promise<void> {
  const { engine, store, interval } = sweeper;
  const due = await store.jobsDue(shard, now - interval, batch);
  const wakes: Wake[] = [];
  await each(sweeper, due, async (id) => {
    const job = await store.readJob(id);
    if (job === undefined) await store.forgetJob(shard, id);
    else wakes.push(...dueWakes(job, now));
  });
  if (wakes.length > 0) await engine.queue.wake(wakes);
  await store.postponeSweep(shard, due, now);
}

/** One job that can't be read must not keep the others from being healed. */
async function each(
  { log }: SweepDependencies,
  ids: readonly string[],
  heal: (id: string) => Promise<unknown>,
): Promise<void> {
  await Promise.all(
    ids.map((id) =>
      heal(id).catch((error: unknown) => log.error({ id, err: error }, 'could not be swept')),
    ),
  );
}
