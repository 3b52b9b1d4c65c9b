import type { JobState } from '@pawl/contracts';
import { dueWakes, expireJob, releaseTimedOutClaims, type Wake } from '@pawl/engine';
import { parkedIn, parkedRest } from './parked.ts';
import { sweepSchedules } from './sweep-schedules.ts';
import { sweepWebhooks } from './sweep-webhooks.ts';
import { dealWithUnreadable } from './unreadable.ts';
import type { SweepDependencies } from './worker.ts';

const hour = 3_600_000;

/** How much is looked at at a time: between two batches the worker's other work goes on. */
const batch = 200;

/** The share of an interval that one part of a sweep may take: what is left over comes first the next time. */
const budget = 0.25;

/**
 * Heals what a death left undone in one shard: wakes that were lost, deadlines, conversations that wait for calls that
 * can't be in flight any more; and erases what was kept long enough. It only wakes and ends, it never claims
 * (invariant 2).
 */
export async function sweepShard(sweeper: SweepDependencies, shard: number): Promise<void> {
  const { engine, log, interval, recorder } = sweeper;
  const { store } = engine;
  const now = engine.now();
  const parts = {
    shares: async () => {
      const started = await engine.queue.sweepShares(shard, now - interval);
      if (started > 0) log.debug({ shard, started }, 'tasks were started that had been parked');
      return started;
    },
    jobs: () => inBatches(sweeper, () => wakeDueJobs(sweeper, shard, { now, standing: interval })),
    schedules: () => sweepSchedules(sweeper, shard),
    webhooks: () => sweepWebhooks(sweeper, shard, now),
    deadlines: () =>
      inBatches(sweeper, async () => {
        const due = await store.jobsPastDeadline(shard, now, batch);
        return each(sweeper, due, (job) => expireOrForget(sweeper, shard, job));
      }),
    holds: async () => {
      const held = await store.conversationsHeld(shard, now, batch);
      return each(sweeper, held, (conversation) => releaseTimedOutClaims(engine, conversation));
    },
    retention: () =>
      inBatches(sweeper, async () => {
        const due = await store.jobsToErase(shard, now, batch);
        return each(sweeper, due, (job) => erase(sweeper, { shard, job, now }));
      }),
  };
  for (const [part, sweep] of Object.entries(parts)) {
    const begun = performance.now();
    // One part that fails must not keep the others from healing.
    const mended = await sweep().catch((error: unknown) => {
      log.error({ part, shard, err: error }, 'sweep failed');
      return 0;
    });
    const seconds = (performance.now() - begun) / 1_000;
    recorder?.observe('pawl_sweep_duration_seconds', { part }, seconds);
    if (mended === 0) continue;
    recorder?.count('pawl_sweep_handled_total', { part }, mended);
    // For people to look at: a sweep that is not counted was one all the same.
    await store.noteSwept(shard, { part, count: mended, at: now }).catch(() => undefined);
  }
  recorder?.set('pawl_sweep_finished_timestamp_seconds', { shard }, Date.now() / 1_000);
}

/**
 * What a worker has committed and not woken before it died, in every shard: looked for at once, however short it stands
 * still. A wake that is another worker's, on its way, comes twice and is one task.
 */
export async function sweepAfterDeath(sweeper: SweepDependencies, shards: number): Promise<void> {
  const now = sweeper.engine.now();
  const each = Array.from({ length: shards }, async (_, shard) => {
    await sweeper.engine.queue.sweepShares(shard, now);
    await inBatches(sweeper, () => wakeDueJobs(sweeper, shard, { now, standing: 0 }));
    await sweepWebhooks({ ...sweeper, interval: 0 }, shard, now);
  });
  await Promise.all(each);
}

/** Goes on as long as whole batches are due, within the budget. Answers how many were woken, ended or erased. */
async function inBatches(
  { engine, interval }: SweepDependencies,
  sweepBatch: () => Promise<number>,
): Promise<number> {
  const end = engine.now() + interval * budget;
  let handled = batch;
  let all = 0;
  while (handled === batch && engine.now() < end) {
    handled = await sweepBatch();
    all += handled;
  }
  return all;
}

async function wakeDueJobs(
  sweeper: SweepDependencies,
  shard: number,
  { now, standing }: { readonly now: number; readonly standing: number },
): Promise<number> {
  const { engine, interval } = sweeper;
  const { store } = engine;
  const due = await store.jobsDue(shard, now - standing, batch);
  const wakes: Wake[] = [];
  const running = new Set<string>();
  await each(sweeper, due, async (id) => {
    const job = await store.readJob(id);
    if (job === undefined) return store.forgetJob(shard, id);
    if (isRunning(job)) running.add(id);
    wakes.push(...dueWakes(job, now));
    return undefined;
  });
  const parked = parkedIn(await engine.queue.wake(wakes));
  const others = due.filter((id) => !running.has(id) && !parked.has(id));
  await store.postponeSweep(shard, others, now);
  await store.postponeSweep(shard, [...parked], now + parkedRest(interval));
  // Their tasks are most likely alive: BullMQ is the first to notice when one is not.
  await store.postponeSweep(shard, [...running], now + 2 * interval);
  return due.length;
}

function isRunning({ phase }: JobState): boolean {
  return phase.name === 'turn' && phase.step.status === 'running';
}

async function expireOrForget(
  { engine }: SweepDependencies,
  shard: number,
  job: string,
): Promise<void> {
  if ((await engine.store.readJob(job)) === undefined) await engine.store.forgetJob(shard, job);
  else await expireJob(engine, job);
}

async function erase(
  { engine: { store } }: SweepDependencies,
  { shard, job, now }: { shard: number; job: string; now: number },
): Promise<void> {
  if (await store.hasPendingDeliveries(job)) {
    await store.postponeErasure(job, now + hour);
    return;
  }
  const { kind } = await store.eraseJob(job);
  if (kind === 'unknown_job') await store.forgetJob(shard, job);
  else if (kind !== 'erased') await store.postponeErasure(job, now + hour);
}

/** One thing that can't be read must not keep the others from being handled. Answers how many were. */
async function each(
  sweeper: SweepDependencies,
  ids: readonly string[],
  handle: (id: string) => Promise<unknown>,
): Promise<number> {
  const done = await Promise.all(
    ids.map(async (id) => {
      try {
        await handle(id);
        return true;
      } catch (error) {
        const unreadable = await dealWithUnreadable(sweeper, id, error).catch(() => undefined);
        if (unreadable === undefined) sweeper.log.error({ id, err: error }, 'could not be swept');
        return unreadable === 'quarantined';
      }
    }),
  );
  return done.filter(Boolean).length;
}
