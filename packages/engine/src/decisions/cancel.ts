import type { CancelSource, JobState } from '@pawl/contracts';
import { end, nothing, type Change, type Nothing } from './change.ts';

export type StopDecision = { readonly kind: 'commit'; readonly change: Change } | Nothing;

/** Sticks at every phase: what is still in flight finds an ended job (invariant 7). */
export function cancel(job: JobState, by: CancelSource, now: number): StopDecision {
  return job.phase.name === 'ended'
    ? nothing('the job has ended')
    : { kind: 'commit', change: end(job, { status: 'cancelled', by }, now) };
}

/** The deadline counts from the start time, waiting included. */
export function expire(job: JobState, now: number): StopDecision {
  if (job.phase.name === 'ended') return nothing('the job has ended');
  if (now < job.expiresAt) return nothing('the deadline has not come');
  return { kind: 'commit', change: end(job, { status: 'expired' }, now) };
}
