import { batch, each, sweepParts } from '../sweep-parts.ts';
import type { SweepDependencies } from '../worker.ts';
import { countTenants } from './count-tenants.ts';
import { eraseEnded } from './erase-ended.ts';

/** The share of an interval that one part may take before other work of the process gets its turn. */
const budget = 0.25;

/**
 * Erases what has been kept for long enough in one shard, by age and by number. Answers whether more is due than one
 * run may take.
 *
 * @param begin called before anything is erased: it may take a while from then on
 */
export async function sweepRetention(
  sweeper: SweepDependencies,
  shard: number,
  begin: () => Promise<void> = async () => undefined,
): Promise<boolean> {
  const { engine, interval } = sweeper;
  const { store } = engine;
  let isMore = false;
  /** Goes on as long as whole batches are due. */
  const whileDue = async (eraseBatch: () => Promise<number>) => {
    const end = engine.now() + interval * budget;
    let handled = batch;
    let all = 0;
    while (handled === batch && engine.now() < end) {
      handled = await eraseBatch();
      all += handled;
    }
    isMore ||= handled === batch;
    return all;
  };
  await sweepParts(sweeper, shard, {
    retention: () =>
      whileDue(async () => {
        const due = await store.jobsToErase(shard, engine.now(), batch);
        if (due.length > 0) await begin();
        await eraseDue(sweeper, shard, due);
        return due.length;
      }),
    webhook_retention: () =>
      whileDue(async () => {
        const due = await store.deliveriesToErase(shard, engine.now(), batch);
        if (due.length > 0) await begin();
        await each(sweeper, due, (id) => store.eraseDelivery(id));
        return due.length;
      }),
    counts: async () => {
      const end = engine.now() + interval * budget;
      const counted = await countTenants(sweeper, { shard, end, begin });
      isMore ||= counted.isMore;
      return counted.erased;
    },
  });
  return isMore;
}

/** Their time by the index has come; a conversation that goes on keeps its jobs for longer. */
async function eraseDue(
  sweeper: SweepDependencies,
  shard: number,
  ids: readonly string[],
): Promise<void> {
  const { store, now } = sweeper.engine;
  const { jobs, conversations } = store.retention;
  if ((conversations?.age ?? jobs.age) >= jobs.age) {
    await eraseEnded(sweeper, shard, ids);
    return;
  }
  const erased: string[] = [];
  await each(sweeper, ids, async (id) => {
    const job = await store.readJob(id);
    const time = job === undefined ? 0 : await store.erasureTime(job, now());
    if (time <= now()) erased.push(id);
    else if (Number.isFinite(time)) await store.postponeErasure(id, time);
  });
  await eraseEnded(sweeper, shard, erased);
}
