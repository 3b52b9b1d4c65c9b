import type { JobState, TurnTask } from '@pawl/contracts';
import { buildCommit, type Decided } from '../commit/build-commit.ts';
import { commitAndWake } from '../commit/commit-and-wake.ts';
import { contextOf, type Engine } from '../commit/engine.ts';
import { applyTransition } from '../commit/transition.ts';
import type { JobIn } from '../domain/job.ts';
import type { GuardedState } from '../job/steps.ts';
import { roomToStart } from '../tenant/commands.ts';
import type { LimitReached } from '../tenant/limits.ts';
import { needsPlace, parkTurn } from '../tenant/places.ts';
import { startParked } from '../tenant/start-parked.ts';
import { claimTurn, type TurnClaim } from './claim.ts';

export type ClaimOutcome =
  | TurnClaim
  /** The job stays queued: so many of its tenant or user are in progress already. */
  | { readonly kind: 'parked'; readonly reached: LimitReached };

/**
 * Claims a turn. With its first one a job takes a place among those in progress, where these are limited: the claim's
 * commit is refused if the last place has been taken meanwhile.
 */
export async function takeClaim(
  engine: Engine,
  task: TurnTask,
  { known, putOff }: GuardedState,
): Promise<ClaimOutcome> {
  const decide = (job: JobState) => putOff(job) ?? claimTurn(job, task, contextOf(engine));
  let job = known;
  while (job !== undefined && needsPlace(job)) {
    const decision = decide(job);
    if (decision.kind !== 'claimed') break;
    const room = await roomToStart(engine, job);
    if (room.kind === 'room') {
      if (room.bounds === undefined) break;
      const decided = { jobs: [decision.transition], admission: room.bounds };
      if (await commit(engine, decided)) return decision;
    } else if (await park(engine, job, room.reached)) {
      return { kind: 'parked', reached: room.reached };
    }
    job = await engine.store.readJob(task.job);
  }
  return applyTransition(engine, task.job, decide, { known: job });
}

/** What frees a place looks for parked jobs after its commit: one that was parked after that look is found here. */
async function park(engine: Engine, job: JobIn<'turn'>, { scope }: LimitReached): Promise<boolean> {
  const parked = parkTurn(job, { scope }, contextOf(engine));
  if (!(await commit(engine, { jobs: [parked] }))) return false;
  await startParked(engine, job, commit).catch(engine.onLostWake);
  return true;
}

async function commit(engine: Engine, decided: Decided): Promise<boolean> {
  return commitAndWake(engine, await buildCommit(engine, decided));
}
