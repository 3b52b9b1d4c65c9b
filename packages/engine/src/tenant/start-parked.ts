import { contextOf, type Engine } from '../commit/engine.ts';
import type { Decided } from '../commit/build-commit.ts';
import type { JobTransition } from '../domain/commit.ts';
import type { Owner } from '../domain/tenant.ts';
import { unlessUnreadable } from '../domain/stored-records.ts';
import { statusOf } from '../job/status.ts';
import { placesLeft } from './commands.ts';
import { awaitedPlace, unparkTurn } from './places.ts';

/** At most so many jobs are started at once: each that ends starts others. */
const mostStarted = 10;

/** The owners of jobs that this commit takes out of those in progress: ended ones, and such as wait for a person. */
export function freedPlaces(jobs: readonly JobTransition[]): Owner[] {
  return jobs.flatMap(({ before, after }) =>
    before !== null && statusOf(before) === 'in_progress' && statusOf(after) !== 'in_progress'
      ? [{ tenant: after.tenant, user: after.user }]
      : [],
  );
}

/**
 * Lets the oldest parked jobs of a user and its tenant try to start, as many as there are places. Whether they may is
 * decided by their claim. A death before the end loses nothing: the next one that ends looks again, and so does the
 * sweeper.
 */
export async function startParked(
  engine: Engine,
  owner: Owner,
  commit: (engine: Engine, decided: Decided) => Promise<boolean>,
): Promise<void> {
  // These jobs may be of other shards, and their commits are not the end of the task that runs.
  const others = { ...engine, share: undefined };
  const { store } = engine;
  const parked = await store.parkedJobs(owner, mostStarted);
  if (parked.length === 0) return;
  const left = await placesLeft(engine, owner);
  for (const id of parked) {
    if (left.tenant <= 0) return;
    // The sweeper takes one away that cannot be read.
    const job = await unlessUnreadable(store.readJob(id));
    if (job === undefined) continue;
    const isOwn = job.user === owner.user;
    if (awaitedPlace(job) === undefined || (isOwn && left.user <= 0)) continue;
    const transition = unparkTurn(job, contextOf(engine));
    if (transition === undefined || !(await commit(others, { jobs: [transition] }))) continue;
    left.tenant -= 1;
    if (isOwn) left.user -= 1;
  }
}
