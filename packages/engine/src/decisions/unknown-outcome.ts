import type { Failure, JobState, ToolCall } from '@pawl/contracts';
import { afterCall } from './after-call.ts';
import { change, type Change } from './change.ts';
import { mayHaveHappened } from './claims.ts';
import { outcomeRecord, type PlacedCall } from './outcome-record.ts';
import { replaceCall, settledStep, unknownStep } from './steps.ts';

/** What the model reads in place of an outcome that nobody knows. */
export function outcomeUnknown(reason: string): Failure {
  return {
    code: 'outcome_unknown',
    message:
      `It is not known whether this call took effect: ${reason.replace(/\.$/, '')}. ` +
      'Check before you make it again, and tell the user.',
    retryable: false,
  };
}

export function isOutcomeUnknown({ code }: Failure): boolean {
  return code === 'outcome_unknown';
}

/** True for a call that may not be made a second time without somebody's word (invariant 5). */
export function mustNotRepeat(job: JobState, call: ToolCall): boolean {
  return call.effect === 'writes' && job.onUnknownOutcome !== 'retry';
}

/**
 * What a call that is not made again is told by its last failure: that it failed, unless it changes something and one
 * of its claims may have done so. The failure of one claim says nothing of the others.
 *
 * @param job with the claim that failed at its end
 */
export function finalFailure(job: JobState, placed: PlacedCall, failure: Failure): Failure {
  return placed.call.effect === 'reads' || !mayHaveHappened(job, placed)
    ? failure
    : outcomeUnknown(failure.message);
}

/**
 * A writing call that may have had its effect (invariant 5): a person decides, or the job's policy says that the model
 * is told. `retry` is handled by whoever would make the call again.
 */
export function declareUnknown(
  job: JobState,
  { index, call }: PlacedCall,
  { reason }: { reason: string },
  now: number,
): Change {
  const { phase } = job;
  const { step } = call;
  if (phase.name !== 'calls' || step.status !== 'running') {
    throw new Error('only a running call can get an unknown outcome');
  }
  const asks = job.onUnknownOutcome === 'ask';
  const next = asks ? unknownStep(step, { reason, at: now }) : settledStep(step, 'unknown');
  const failure = outcomeUnknown(reason);
  const calls = replaceCall(phase.calls, { index, call: { ...call, step: next } });
  return change(job, {
    patch: afterCall(job, calls, now),
    events: [
      { type: 'tool_call.failed', turn: job.turn, index, tool: call.tool, code: failure.code },
    ],
    steps: [outcomeRecord(job, { index, call }, { failure }, now)],
  });
}
