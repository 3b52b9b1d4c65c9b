import { dealWithUnreadable } from './unreadable.ts';
import type { SweepDependencies } from './worker.ts';

/** How much is looked at at a time: between two batches the worker's other work goes on. */
export const batch = 200;

/** The share of an interval that one part of a sweep may take: what is left over comes first the next time. */
const budget = 0.25;

/** Runs the parts of a sweep of a shard one after the other. Each answers how many it has handled. */
export async function sweepParts(
  { engine, log, recorder }: SweepDependencies,
  shard: number,
  parts: Readonly<Record<string, () => Promise<number>>>,
): Promise<void> {
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
    await engine.store
      .noteSwept(shard, { part, count: mended, at: engine.now() })
      .catch(() => undefined);
  }
}

/** Goes on as long as whole batches are due, within the budget. Answers how many were woken, ended or erased. */
export async function inBatches(
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

/** One thing that can't be read must not keep the others from being handled. Answers how many were. */
export async function each(
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
