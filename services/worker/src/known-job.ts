import type { AdmittedRequest, JobState, JobTask, StepRecord } from '@pawl/contracts';
import type { JobTransition, ReservedNext, ReserveNext, Wake } from '@pawl/engine';
import { LRUCache } from 'lru-cache';

/** What a worker knows of a job whose steps it takes one after the other: it does not read that again for each step. */
export interface KnownJob {
  /** The state for which it is known. */
  readonly job: JobState;
  readonly request: AdmittedRequest;
  /** Undefined: it has to be read. */
  readonly history: KnownHistory | undefined;
}

/** What was said before a job's next turn, as far as nobody else changes it. */
export interface KnownHistory {
  /** The records of all steps of the job. */
  readonly steps: readonly StepRecord[];
  /** False: no earlier job was given with them. */
  readonly hasEarlier: boolean;
}

/** Reserves a slot of this worker for the next step of a job of which so much is known. */
export type ReserveNextKnowing = (
  wake: Wake<JobTask>,
  known: KnownJob | undefined,
) => ReservedNext | undefined;

/**
 * What is known after a commit: nobody else has written a step if it was made from the very state that is known. A Redis
 * that has lost its last second counts the same sequence again, for another state.
 */
export function knownAfter(
  known: KnownJob | undefined,
  { before, after, steps }: Pick<JobTransition, 'before' | 'after' | 'steps'>,
): KnownJob | undefined {
  if (known === undefined) return undefined;
  const isNext = before === known.job;
  const history =
    isNext && known.history !== undefined
      ? { ...known.history, steps: [...known.history.steps, ...steps] }
      : undefined;
  return { request: known.request, job: after, history };
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

/** What is known of jobs whose next turn waits for a slot: mostly the same worker takes it. */
export interface KnownHistories {
  /** Where nothing is known, or the job does not wait for a turn, nothing is remembered. */
  remember(known: KnownJob | undefined): void;
  /** Undefined unless it is known for this very state: another process may have committed since. */
  recall(job: JobState): KnownJob['history'];
}

interface Remembered {
  readonly job: JobState;
  readonly history: KnownHistory;
}

/** Jobs of which something is remembered at a time. */
const mostJobs = 1_000;

/** @param mostCharacters of all steps that are remembered, as JSON */
export function createKnownHistories(mostCharacters = 10_000_000): KnownHistories {
  const remembered = new LRUCache<string, Remembered>({
    max: mostJobs,
    maxSize: mostCharacters,
    sizeCalculation: ({ history }) => JSON.stringify(history.steps).length,
  });
  return {
    remember(known) {
      if (known?.history === undefined || known.job.phase.name !== 'turn') return;
      const { job, history } = known;
      remembered.set(job.id, { job, history });
    },
    recall(job) {
      const known = remembered.get(job.id);
      remembered.delete(job.id);
      return known?.job === job ? known.history : undefined;
    },
  };
}
