import type { JobState } from '@pawl/contracts';
import { dueWakes, expireJob, releaseTimedOutClaims, type Wake } from '@pawl/engine';
import { parkedIn, parkedRest } from './parked.ts';
import { batch, each, inBatches, sweepParts } from './sweep-parts.ts';
import { sweepSchedules } from './sweep-schedules.ts';
import { sweepWebhooks } from './sweep-webhooks.ts';
import type { SweepDependencies } from './worker.ts';

/**
 * Heals what a death left undone in one shard: wakes that were lost, deadlines, conversations that wait for calls that
 * can't be in flight any more. It only wakes and ends, it never claims (invariant 2).
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
  };
  await sweepParts(sweeper, shard, parts);
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
