import type { Json, JobState } from '@pawl/contracts';
import { afterCall } from './after-call.ts';
import { change, nothing, type Change, type Nothing } from './change.ts';
import { settled } from './record-outcome.ts';
import { readyAgain, replaceCall } from './steps.ts';

/** What a person says of a call whose outcome nobody knows. */
export type OutcomeResolution =
  | { readonly decision: 'respond'; readonly output: Json }
  | { readonly decision: 'reject'; readonly message: string }
  | { readonly decision: 'approve' };

/**
 * It succeeded, with this output; it failed, with this message; or it is to be made again. Bound to the very call: one
 * that was settled or made again meanwhile is somebody else's business.
 */
export function resolveOutcome(
  job: JobState,
  { turn, index, epoch }: { turn: number; index: number; epoch: number },
  resolution: OutcomeResolution,
  now: number,
): { readonly kind: 'commit'; readonly change: Change } | Nothing {
  const { phase } = job;
  const call = phase.name === 'calls' && job.turn === turn ? phase.calls[index] : undefined;
  if (phase.name !== 'calls' || call?.step.status !== 'unknown' || call.step.epoch !== epoch) {
    return nothing('nobody is asked about this call any more');
  }
  switch (resolution.decision) {
    case 'respond':
      return commit(settled(job, index, { output: resolution.output }, now));
    case 'reject': {
      const failure = { code: 'rejected', message: resolution.message, retryable: false };
      return commit(settled(job, index, { failure }, now));
    }
    case 'approve': {
      const step = readyAgain(call.step, { sequence: job.sequence + 1, notBefore: now });
      const calls = replaceCall(phase.calls, index, step);
      return commit(change(job, { patch: afterCall(job, calls, now) }));
    }
  }
}

function commit(resolved: Change): { readonly kind: 'commit'; readonly change: Change } {
  return { kind: 'commit', change: resolved };
}
