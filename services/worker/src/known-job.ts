import type { AdmittedRequest, JobState, JobTask, StepRecord } from '@pawl/contracts';
import type { JobTransition, ReservedNext, Wake } from '@pawl/engine';

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
