import type { JobState } from '@pawl/contracts';
import { afterCall } from './after-call.ts';
import { change, nothing, type Change, type Nothing } from './change.ts';
import { endClaim } from './claims.ts';
import { readyAgain, replaceCall } from './steps.ts';
import { declareUnknown, mustNotRepeat } from './unknown-outcome.ts';

type ReleaseDecision = { readonly kind: 'commit'; readonly change: Change } | Nothing;

/** A worker that is told to stop gives its turn back, with no attempt lost. */
export function releaseTurn(
  job: JobState,
  { epoch }: { epoch: number },
  now: number,
): ReleaseDecision {
  const { phase } = job;
  if (phase.name !== 'turn' || phase.step.status !== 'running' || phase.step.epoch !== epoch) {
    return nothing('the turn is no longer this claim’s');
  }
  const step = readyAgain(phase.step, { sequence: job.sequence + 1, notBefore: now });
  return { kind: 'commit', change: change(job, { patch: { phase: { name: 'turn', step } } }) };
}

/** The same for a tool call; a writing one that is under way becomes unknown instead (invariant 5). */
export function releaseCall(
  job: JobState,
  { turn, index, epoch }: { turn: number; index: number; epoch: number },
  now: number,
): ReleaseDecision {
  const { phase } = job;
  const claimed = phase.name === 'calls' && job.turn === turn ? phase.calls[index] : undefined;
  if (
    phase.name !== 'calls' ||
    claimed?.step.status !== 'running' ||
    claimed.step.epoch !== epoch
  ) {
    return nothing('the call is no longer this claim’s');
  }
  const failure = { code: 'tool_aborted', message: 'The call was stopped.', retryable: true };
  const call = endClaim(claimed, { epoch, outcome: { kind: 'unknown', failure } });
  if (mustNotRepeat(job, call)) {
    const reason = 'the worker that made the call was stopped before the answer came';
    return {
      kind: 'commit',
      change: declareUnknown(job, { index, call }, { reason, until: now }, now),
    };
  }
  const step = readyAgain(claimed.step, { sequence: job.sequence + 1, notBefore: now });
  return {
    kind: 'commit',
    change: change(job, {
      patch: afterCall(job, replaceCall(phase.calls, { index, call: { ...call, step } }), now),
    }),
  };
}
