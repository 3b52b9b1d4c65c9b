import type { Failure, JobState, OutcomeRecord, ToolCall } from '@pawl/contracts';
import { afterCall } from './after-call.ts';
import { change, type Change } from './change.ts';
import { replaceCall, settledStep, unknownStep } from './steps.ts';

/** What the model reads in place of an outcome that nobody knows. */
export function outcomeUnknown(reason: string): Failure {
  return {
    code: 'outcome_unknown',
    message:
      `It is not known whether this call took effect: ${reason}. ` +
      'Check before you make it again, and tell the user.',
    retryable: false,
  };
}

/** True for a call that may not be made a second time without somebody's word (invariant 5). */
export function mustNotRepeat(job: JobState, call: ToolCall): boolean {
  return call.effect === 'writes' && job.onUnknownOutcome !== 'retry';
}

/**
 * A writing call that may have had its effect (invariant 5): a person decides, or the job's policy says that the model
 * is told. `retry` is handled by whoever would make the call again.
 */
export function declareUnknown(
  job: JobState,
  index: number,
  { reason, until }: { reason: string; until: number },
  now: number,
): Change {
  const { phase } = job;
  const call = phase.name === 'calls' ? phase.calls[index] : undefined;
  if (phase.name !== 'calls' || call?.step.status !== 'running') {
    throw new Error('only a running call can get an unknown outcome');
  }
  const asks = job.onUnknownOutcome === 'ask';
  const step = asks
    ? unknownStep(call.step, { reason, at: now, until })
    : settledStep(call.step, 'unknown');
  const failure = outcomeUnknown(reason);
  const record: OutcomeRecord = {
    kind: 'outcome',
    turn: job.turn,
    index,
    attempts: call.step.attempts + call.step.crashes + 1,
    startedAt: call.step.startedAt,
    finishedAt: now,
    answer: { failure },
  };
  return change(job, {
    patch: afterCall(job, replaceCall(phase.calls, index, step), now),
    events: [
      { type: 'tool_call.failed', turn: job.turn, index, tool: call.tool, code: failure.code },
    ],
    steps: [record],
  });
}
