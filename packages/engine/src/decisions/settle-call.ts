import type { JobEvent, JobState, OutcomeRecord, ToolCall } from '@pawl/contracts';
import { afterCall } from './after-call.ts';
import { change, type Change } from './change.ts';
import { replaceCall, settledStep } from './steps.ts';
import { isOutcomeUnknown } from './unknown-outcome.ts';

/** A call of the current turn, at its place among the others. */
export interface PlacedCall {
  readonly index: number;
  readonly call: ToolCall;
}

/** The commit that settles a call with its answer. */
export function settleCall(
  job: JobState,
  { index, call }: PlacedCall,
  answer: OutcomeRecord['answer'],
  now: number,
): Change {
  const { phase } = job;
  const { step } = call;
  if (phase.name !== 'calls' || step.status === 'settled') {
    throw new Error('only a call that is not settled can be settled');
  }
  const identity = { turn: job.turn, index, tool: call.tool };
  const event: JobEvent =
    'failure' in answer
      ? { type: 'tool_call.failed', ...identity, code: answer.failure.code }
      : { type: 'tool_call.completed', ...identity };
  const record: OutcomeRecord = {
    kind: 'outcome',
    turn: job.turn,
    index,
    attempts: step.attempts + step.crashes + 1,
    ...(step.status === 'running' ? { startedAt: step.startedAt } : {}),
    finishedAt: now,
    answer,
  };
  const settled = { ...call, step: settledStep(step, outcomeOf(answer)) };
  return change(job, {
    patch: afterCall(job, replaceCall(phase.calls, { index, call: settled }), now),
    events: [event],
    steps: [record],
  });
}

export function outcomeOf(answer: OutcomeRecord['answer']): 'succeeded' | 'failed' | 'unknown' {
  if ('output' in answer) return 'succeeded';
  return isOutcomeUnknown(answer.failure) ? 'unknown' : 'failed';
}
