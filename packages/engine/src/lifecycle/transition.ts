import type { JobState } from '@pawl/contracts';
import { nothing, type Change, type Nothing } from '../decisions/change.ts';
import { commitChange } from './commit.ts';
import type { Engine } from './dependencies.ts';
import { inTurn } from './in-turn.ts';

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
  return inTurn<Decision | Nothing>(engine, jobId, async (latest) => {
    let remembered = newest(known, latest);
    for (;;) {
      const job = remembered ?? (await engine.store.readJob(jobId));
      if (job === undefined) return { result: nothing('the job does not exist') };
      const decision = decide(job);
      if (hasChange(decision)) {
        if (await commitChange(engine, decision.change)) {
          return { result: decision, latest: decision.change.after };
        }
      } else if (remembered === undefined) {
        // Only the stored state may say that there is nothing to commit.
        return { result: decision };
      }
      remembered = undefined;
    }
  });
}

function newest(known: JobState | undefined, latest: JobState | undefined): JobState | undefined {
  if (known === undefined || latest === undefined) return known ?? latest;
  return latest.sequence > known.sequence ? latest : known;
}

function hasChange<Decision extends { readonly kind: string }>(
  decision: Decision,
): decision is Decision & { readonly change: Change } {
  return 'change' in decision;
}
