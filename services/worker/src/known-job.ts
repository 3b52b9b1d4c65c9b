import type { AdmittedRequest, JobState, JobTask, StepRecord } from '@pawl/contracts';
import type { JobTransition, ReservedNext, ReserveNext, Wake } from '@pawl/engine';
import { LRUCache } from 'lru-cache';

/** What a worker knows of a job whose steps it takes one after the other: it does not read that again for each step. */
export interface KnownJob {
  /** The state for which it is known. */
  readonly job: JobState;
  readonly request: AdmittedRequest;
  /** The records of all its steps. Undefined: they have to be read. */
  readonly steps: readonly StepRecord[] | undefined;
}

/** Reserves a slot of this worker for the next step of a job of which so much is known. */
export type ReserveNextKnowing = (
  wake: Wake<JobTask>,
  known: KnownJob | undefined,
) => ReservedNext | undefined;

/** What is known after a commit: nobody else has written a step if it is the next one. */
export function knownAfter(
  known: KnownJob | undefined,
  { before, after, steps }: Pick<JobTransition, 'before' | 'after' | 'steps'>,
): KnownJob | undefined {
  if (known === undefined) return undefined;
  const isNext = before?.sequence === known.job.sequence;
  const all = isNext && known.steps !== undefined ? [...known.steps, ...steps] : undefined;
  return { request: known.request, job: after, steps: all };
}

/** Hands on what is known to the next step's slot, and tells whether a slot has got it. */
export function goingOn(
  reserve: ReserveNextKnowing | undefined,
  known: KnownJob | undefined,
): { readonly reserveNext: ReserveNext; readonly hasGoneOn: () => boolean } {
  let hasGoneOn = false;
  return {
    hasGoneOn: () => hasGoneOn,
    reserveNext(wake) {
      const next = reserve?.(wake, known);
      const run: ReservedNext['run'] = (claim) => {
        hasGoneOn = true;
        next?.run(claim);
      };
      return next && { ...next, run };
    },
  };
}

/** The steps of jobs whose next turn waits for a slot: mostly the same worker takes it. */
export interface KnownSteps {
  /** Where they are not known, or the job does not wait for a turn, nothing is remembered. */
  remember(known: KnownJob | undefined): void;
  /** Undefined unless they are known for this very state: another process may have committed since. */
  recall(job: JobState): KnownJob['steps'];
}

/** Jobs of which something is remembered at a time. */
const mostJobs = 1_000;

/** @param mostCharacters of all that is remembered, as JSON */
export function createKnownSteps(mostCharacters = 10_000_000): KnownSteps {
  const remembered = new LRUCache<string, Pick<KnownJob, 'job' | 'steps'>>({
    max: mostJobs,
    maxSize: mostCharacters,
    sizeCalculation: ({ steps }) => JSON.stringify(steps).length,
  });
  return {
    remember(known) {
      if (known?.steps === undefined || known.job.phase.name !== 'turn') return;
      remembered.set(known.job.id, { job: known.job, steps: known.steps });
    },
    recall(job) {
      const known = remembered.get(job.id);
      remembered.delete(job.id);
      return known?.job === job ? known.steps : undefined;
    },
  };
}
