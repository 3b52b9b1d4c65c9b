import { deliveryStatus } from '@pawl/engine';
import type { Erasable } from '@pawl/store';
import { archiveJobs } from '../archive/archive-jobs.ts';
import { each } from '../sweep-parts.ts';
import type { SweepDependencies } from '../worker.ts';

const hour = 3_600_000;

/** Jobs that are looked at, archived and erased at a time where there is an archive: their texts may be long. */
const archivedAtOnce = 50;

/**
 * Erases jobs of a shard that have been kept for long enough, with all that belongs to them, and archives them before.
 * A job whose webhook is on its way, or whose call may be in flight, stays for a while. Answers the jobs that are gone.
 *
 * @throws ArchiveAwayError where the archive takes nothing: then nothing more is erased.
 */
export async function eraseEnded(
  sweeper: SweepDependencies,
  shard: number,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const gone = new Set<string>();
  const size = sweeper.archiving === undefined ? ids.length : archivedAtOnce;
  for (let from = 0; from < ids.length; from += size) {
    const found = await findErasable(sweeper, { shard, gone }, ids.slice(from, from + size));
    const { archiving } = sweeper;
    if (archiving === undefined) await erase(sweeper, found, gone);
    else {
      for await (const archived of archiveJobs(sweeper, archiving, { shard, jobs: found })) {
        await erase(sweeper, archived, gone);
      }
    }
  }
  return gone;
}

async function findErasable(
  sweeper: SweepDependencies,
  { shard, gone }: { readonly shard: number; readonly gone: Set<string> },
  ids: readonly string[],
): Promise<readonly Erasable[]> {
  const { store, now } = sweeper.engine;
  const found: Erasable[] = [];
  await each(sweeper, ids, async (id) => {
    const erasable = await store.findErasable(id);
    switch (erasable.kind) {
      case 'erasable':
        if (erasable.deliveries.some((delivery) => deliveryStatus(delivery) === 'pending')) {
          return store.postponeErasure(id, now() + hour);
        }
        return found.push(erasable);
      case 'unknown_job':
        gone.add(id);
        return store.forgetJob(shard, id);
      case 'in_flight':
        return store.postponeErasure(id, Math.min(erasable.until, now() + hour));
      case 'active':
        return store.postponeErasure(id, now() + hour);
    }
  });
  return found;
}

async function erase(
  sweeper: SweepDependencies,
  found: readonly Erasable[],
  gone: Set<string>,
): Promise<void> {
  const { store, now } = sweeper.engine;
  const byId = new Map(found.map((erasable) => [erasable.job.id, erasable]));
  await each(sweeper, [...byId.keys()], async (id) => {
    const erasable = byId.get(id);
    if (erasable === undefined) return;
    const { kind } = await store.eraseFound(erasable);
    if (kind === 'erased') gone.add(id);
    // It has changed at this moment: once more, a little later.
    else await store.postponeErasure(id, now() + sweeper.interval);
  });
}
