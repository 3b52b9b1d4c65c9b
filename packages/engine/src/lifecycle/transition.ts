import type { JobState } from '@pawl/contracts';
import { nothing, type Change, type Nothing } from '../decisions/change.ts';
import { commitChange } from './commit.ts';
import type { Engine } from './dependencies.ts';

/**
 * Reads the job, decides, commits; and decides anew on the fresh state for as long as somebody else commits first.
 * Every lost race means that another one made progress, so this ends.
 *
 * @param known a state that the caller has read already: it saves the first read
 */
export async function transition<Decision extends { readonly kind: string }>(
  engine: Engine,
  jobId: string,
  decide: (job: JobState) => Decision,
  known?: JobState,
): Promise<Decision | Nothing> {
  for (let job = known; ; job = undefined) {
    job ??= await engine.store.readJob(jobId);
    if (job === undefined) return nothing('the job does not exist');
    const decision = decide(job);
    if (!hasChange(decision) || (await commitChange(engine, decision.change))) return decision;
  }
}

function hasChange<Decision extends { readonly kind: string }>(
  decision: Decision,
): decision is Decision & { readonly change: Change } {
  return 'change' in decision;
}
