import { shardOfId } from '@pawl/contracts';
import type { CountedKind } from '@pawl/store';
import { batch, each } from '../sweep-parts.ts';
import type { SweepDependencies } from '../worker.ts';
import { eraseEnded } from './erase-ended.ts';

/** A tenant is counted once in so many intervals at most, however much of it ends. */
const intervalsBetween = 15;

/** How many of the oldest may be passed over since they cannot be erased yet. */
const mostPassedOver = 1_000;

const kinds: readonly CountedKind[] = ['deliveries', 'conversations', 'jobs'];

/** Erases what tenants have beyond the number that is kept, the oldest first, until `end`. */
export async function countTenants(
  sweeper: SweepDependencies,
  { shard, end, begin }: Pick<Counting, 'shard' | 'end'> & { readonly begin: () => Promise<void> },
): Promise<{ readonly erased: number; readonly isMore: boolean }> {
  const { engine, interval } = sweeper;
  const before = engine.now() - intervalsBetween * interval;
  let erased = 0;
  if (!engine.store.isCounted) return { erased, isMore: false };
  const tenants = await engine.store.uncountedTenants(shard, before, batch);
  if (tenants.length > 0) await begin();
  for (const tenant of tenants) {
    for (const kind of kinds) {
      const counted = await eraseBeyondCount(sweeper, { kind, shard, tenant: tenant.tenant, end });
      erased += counted.erased;
      if (counted.isMore) return { erased, isMore: true };
    }
    await engine.store.forgetUncounted(shard, tenant);
  }
  return { erased, isMore: tenants.length === batch };
}

interface Counting {
  readonly kind: CountedKind;
  readonly shard: number;
  readonly tenant: string;
  readonly end: number;
}

/** What stands in other shards is erased by whoever has their leases. */
async function eraseBeyondCount(
  sweeper: SweepDependencies,
  { kind, shard, tenant, end }: Counting,
): Promise<{ readonly erased: number; readonly isMore: boolean }> {
  const { store, now } = sweeper.engine;
  const kept = store.retention[kind]?.count;
  let erased = 0;
  if (kept === undefined) return { erased, isMore: false };
  const passedOver = new Set<string>();
  while (passedOver.size < mostPassedOver) {
    if (now() >= end) return { erased, isMore: true };
    const limit = batch + passedOver.size;
    const beyond = await store.beyondCount(kind, { tenant, limit, kept });
    const candidates = beyond.filter((id) => !passedOver.has(id));
    if (candidates.length === 0) break;
    const own = candidates.filter((id) => shardOfId(id) === shard);
    const gone = await erase(sweeper, { kind, shard }, own);
    for (const other of new Set(candidates.map((id) => shardOfId(id)))) {
      if (other !== shard) await store.countAgain(other, tenant);
    }
    erased += gone.size;
    for (const id of candidates) if (!gone.has(id)) passedOver.add(id);
  }
  return { erased, isMore: false };
}

async function erase(
  sweeper: SweepDependencies,
  { kind, shard }: Pick<Counting, 'kind' | 'shard'>,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const { store } = sweeper.engine;
  if (kind === 'jobs') return eraseEnded(sweeper, shard, ids);
  const gone = new Set<string>();
  await each(sweeper, ids, async (id) => {
    if (kind === 'conversations') {
      if (await eraseConversation(sweeper, shard, id)) gone.add(id);
    } else {
      await store.eraseDelivery(id);
      gone.add(id);
    }
  });
  return gone;
}

/** Erases a conversation in which nothing runs or waits, job by job. False: it is still there. */
async function eraseConversation(
  sweeper: SweepDependencies,
  shard: number,
  id: string,
): Promise<boolean> {
  const { store } = sweeper.engine;
  for (;;) {
    if ((await store.idleSince(id)) === undefined) return false;
    const jobs = await store.jobsOfConversation(id, batch);
    if (jobs.length === 0) return true;
    const gone = await eraseEnded(sweeper, shard, jobs);
    if (gone.size < jobs.length) return false;
  }
}
