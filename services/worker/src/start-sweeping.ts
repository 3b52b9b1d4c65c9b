import { repeat } from './repeat.ts';
import { sweepInTurn, type SweepTurn } from './sweep-in-turn.ts';
import { sweepShard, type SweepDependencies } from './sweep.ts';

/** Sweeps every shard again and again, each after a rest of its own, until it is stopped. */
export function startSweeping(
  sweeper: SweepDependencies & SweepTurn,
  shards: number,
): () => Promise<void> {
  const { interval, log } = sweeper;
  const stops = Array.from({ length: shards }, (_, shard) =>
    repeat(
      () =>
        sweepInTurn(sweeper, shard, () => sweepShard(sweeper, shard)).catch((error: unknown) => {
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
