import type { PawlStore } from '@pawl/store';

export interface SweepTurn {
  readonly store: Pick<PawlStore, 'takeSweepLease'>;
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
export async function sweepInTurn(
  { store, workerId, interval }: SweepTurn,
  shard: number,
  sweep: () => Promise<void>,
): Promise<number> {
  const lease = await store.takeSweepLease(shard, workerId, interval);
  if (lease.kind === 'held') return lease.milliseconds + margin;
  await sweep();
  return interval;
}
