import type { JobEvent, JobState, OutcomeRecord, ToolCall } from '@pawl/contracts';
import { afterCall } from './after-call.ts';
import { change, type Change } from './change.ts';
import { outcomeRecord, type PlacedCall } from './outcome-record.ts';
import { replaceCall, settledStep } from './steps.ts';
import { isOutcomeUnknown } from './unknown-outcome.ts';

/** The commit that settles a call with its answer. */
export function settleCall(
  job: JobState,
  placed: PlacedCall,
  answer: OutcomeRecord['answer'],
  now: number,
): Change {
  const { phase } = job;
  if (phase.name !== 'calls') throw new Error('only a call of the current turn can be settled');
  const { index, call } = placed;
  const identity = { turn: job.turn, index, tool: call.tool };
  const event: JobEvent =
    'failure' in answer
      ? { type: 'tool_call.failed', ...identity, code: answer.failure.code }
      : { type: 'tool_call.completed', ...identity };
  const calls = replaceCall(phase.calls, { index, call: settledBy(call, answer) });
  return change(job, {
    patch: afterCall(job, calls, now),
    events: [event],
    steps: [outcomeRecord(job, placed, answer, now)],
  });
}

/** The call, once this is its answer: whatever doubt there was, the answer says. */
export function settledBy(call: ToolCall, answer: OutcomeRecord['answer']): ToolCall {
  return { ...call, inDoubt: false, step: settledStep(call.step, outcomeOf(answer)) };
}

function outcomeOf(answer: OutcomeRecord['answer']): 'succeeded' | 'failed' | 'unknown' {
  if ('output' in answer) return 'succeeded';
  return isOutcomeUnknown(answer.failure) ? 'unknown' : 'failed';
}
