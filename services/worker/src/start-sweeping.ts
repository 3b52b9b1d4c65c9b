import { sweepShard, type SweepDependencies } from './sweep.ts';

/** Sweeps every shard again and again, each after a rest of its own, until it is stopped. */
export function startSweeping(sweeper: SweepDependencies, shards: number): () => Promise<void> {
  let stopped = false;
  const timers = new Map<number, NodeJS.Timeout>();
  const sweeps = new Map<number, Promise<void>>();

  function schedule(shard: number, delay: number): void {
    if (stopped) return;
    timers.set(
      shard,
      setTimeout(() => {
        const swept = sweepShard(sweeper, shard)
          .catch((error: unknown) => sweeper.log.error({ err: error, shard }, 'sweep failed'))
          .finally(() => schedule(shard, sweeper.interval));
        sweeps.set(shard, swept);
      }, delay),
    );
  }

  for (let shard = 0; shard < shards; shard += 1) {
    schedule(shard, Math.round(sweeper.interval * Math.random()));
  }
  return async () => {
    stopped = true;
    for (const timer of timers.values()) clearTimeout(timer);
    await Promise.all(sweeps.values());
  };
}
