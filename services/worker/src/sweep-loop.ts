import type { PawlStore } from '@pawl/store';
import { sweepRetention } from './retention/sweep-retention.ts';
import { sweepShard } from './sweep.ts';
import type { SweepDependencies } from './worker.ts';

/** Sweeps every shard again and again, each after a rest of its own, until it is stopped. */
export function startSweeping(
  sweeper: SweepDependencies & SweepLease,
  shards: number,
): () => Promise<void> {
  const { interval, log } = sweeper;
  const start = (sweep: (shard: number) => Promise<number>) =>
    Array.from({ length: shards }, (_, shard) =>
      repeat(
        () =>
          sweep(shard).catch((error: unknown) => {
            log.error({ err: error, shard }, 'sweep failed');
            return interval;
          }),
        { first: Math.round(interval * Math.random()) },
      ),
    );
  const stops = [
    ...start((shard) => sweepWithLease(sweeper, shard, () => sweepShard(sweeper, shard))),
    ...start((shard) =>
      eraseWithLease(sweeper, shard, (begin) => sweepRetention(sweeper, shard, begin)),
    ),
  ];
  return async () => {
    await Promise.all(stops.map((stop) => stop()));
  };
}

export interface SweepLease {
  readonly engine: { readonly store: Pick<PawlStore, 'takeSweepLease'> };
  readonly workerId: string;
  /** Milliseconds between two sweeps of a shard, by whichever worker comes first. */
  readonly interval: number;
}

/** Clocks and timers differ by so much, in milliseconds: nobody should come a moment before the lease runs out. */
const margin = 20;

/**
 * Sweeps a shard, unless another worker does; answers for how many milliseconds to rest. A worker that is refused comes
 * back when the lease runs out: its holder may have died.
 */
export async function sweepWithLease(
  { engine: { store }, workerId, interval }: SweepLease,
  shard: number,
  sweep: () => Promise<void>,
): Promise<number> {
  const lease = await store.takeSweepLease(shard, workerId, interval);
  if (lease.kind === 'held') return lease.milliseconds + margin;
  await sweep();
  return interval;
}

/** A worker that dies while it erases is followed by another after so many intervals. */
const erasingIntervals = 15;

/**
 * Erases what a shard has kept for long enough, unless another worker does; answers for how many milliseconds to rest.
 * It has a lease and a loop of its own, so that it keeps no sweep waiting. Whoever has it keeps it.
 */
async function eraseWithLease(
  { engine: { store }, workerId, interval }: SweepLease & SweepDependencies,
  shard: number,
  erase: (begin: () => Promise<void>) => Promise<boolean>,
): Promise<number> {
  const hold = (milliseconds: number) =>
    store.holdRetentionLease(shard, workerId, Math.round(milliseconds));
  const held = await hold(1.5 * interval);
  if (held > 0) return held + margin;
  const begun = performance.now();
  let isErasing = false;
  const isMore = await erase(async () => {
    if (isErasing) return;
    isErasing = true;
    await hold(erasingIntervals * interval);
  });
  // What has piled up is erased half of the time.
  const rest = isMore ? Math.min(interval, performance.now() - begun) : interval;
  if (isErasing) await hold(rest + interval / 2);
  return rest;
}

/**
 * Does something again and again, the first time after `first` milliseconds, with a rest after each time of as many as
 * the action answers. What is returned stops it, and resolves when the time that is under way is over. The action must
 * not throw.
 */
export function repeat(
  action: () => Promise<number>,
  { first }: { first: number },
): () => Promise<void> {
  let stopped = false;
  let underWay = Promise.resolve();
  let timer = setTimeout(start, first);

  function start(): void {
    underWay = run();
  }

  async function run(): Promise<void> {
    const rest = await action();
    if (!stopped) timer = setTimeout(start, rest);
  }

  return async () => {
    stopped = true;
    clearTimeout(timer);
    await underWay;
  };
}
