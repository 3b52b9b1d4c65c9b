import type { PawlStore } from '@pawl/store';
import { sweepShard } from './sweep.ts';
import type { SweepDependencies } from './worker.ts';

/** Sweeps every shard again and again, each after a rest of its own, until it is stopped. */
export function startSweeping(
  sweeper: SweepDependencies & SweepLease,
  shards: number,
): () => Promise<void> {
  const { interval, log } = sweeper;
  const stops = Array.from({ length: shards }, (_, shard) =>
    repeat(
      () =>
        sweepWithLease(sweeper, shard, () => sweepShard(sweeper, shard)).catch((error: unknown) => {
          log.error({ err: error, shard }, 'sweep failed');
          return interval;
        }),
      { first: Math.round(interval * Math.random()) },
    ),
  );
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
