import type {
  CallStep,
  JobState,
  LateOutcome,
  Limits,
  OutcomeRecord,
  Running,
  ToolCall,
} from '@pawl/contracts';
import { afterCall } from './after-call.ts';
import { change, nothing, type Change, type Nothing } from './change.ts';
import { limitBeforeTurn } from './limits.ts';
import { freshStep, settledStep, unknownStep } from './steps.ts';
import { mustNotRepeat, outcomeUnknown } from './unknown-outcome.ts';

export type ReopenDecision =
  | { readonly kind: 'commit'; readonly change: Change }
  /** This limit would stop the job again before its next step. */
  | { readonly kind: 'limited'; readonly limit: string }
  | Nothing;

/**
 * Opens a failed, incomplete or expired job again (invariant 7): it goes on from the step that it had reached, with
 * fresh attempts and a fresh deadline. What was done stays done, what was learnt late counts now, and a writing call
 * that may have happened is asked about.
 */
export function reopen(
  job: JobState,
  { limits = job.limits, late = [] }: { limits?: Limits; late?: readonly LateOutcome[] },
  now: number,
): ReopenDecision {
  const { phase } = job;
  if (phase.name !== 'ended') return nothing('the job has not ended');
  if (phase.ending.status === 'completed' || phase.ending.status === 'cancelled') {
    return nothing(`the job is ${phase.ending.status}`);
  }
  const limit = limitBeforeTurn({ limits, usage: job.usage });
  if (limit !== undefined) return { kind: 'limited', limit };
  const patch = {
    limits,
    turn: job.turn,
    expiresAt: now + limits.deadline_seconds * 1_000,
  };
  const { from } = phase;
  if (from.name !== 'calls') {
    const step = freshStep(job.sequence + 1, now);
    return commit(change(job, { patch: { ...patch, phase: { name: 'turn', step } } }));
  }
  // A batch that a limit stopped before it ran was not counted.
  const stopped = phase.ending.status === 'incomplete';
  const toolCalls = job.usage.toolCalls + (stopped ? from.calls.length : 0);
  if (toolCalls > limits.tool_calls) return { kind: 'limited', limit: 'tool_calls' };
  const reopened = from.calls.map((call, index) => reopenCall(job, call, index, late, now));
  return commit(
    change(job, {
      patch: {
        ...patch,
        ...afterCall(
          job,
          reopened.map(({ call }) => call),
          now,
        ),
        usage: { ...job.usage, toolCalls },
      },
      steps: reopened.flatMap(({ record }) => record ?? []),
    }),
  );
}

interface ReopenedCall {
  readonly call: ToolCall;
  readonly record?: OutcomeRecord;
}

function reopenCall(
  job: JobState,
  call: ToolCall,
  index: number,
  late: readonly LateOutcome[],
  now: number,
): ReopenedCall {
  const { step } = call;
  if (step.status === 'settled') return { call };
  const learnt = late.find((outcome) => outcome.turn === job.turn && outcome.index === index);
  if (learnt !== undefined) {
    const outcome = 'output' in learnt.answer ? 'succeeded' : 'failed';
    return {
      call: { ...call, step: settledStep(step, outcome) },
      record: { ...learnt, kind: 'outcome' },
    };
  }
  const next = again(job, call, step, now);
  return {
    call: { ...call, step: next },
    ...(step.status === 'running' && next.status === 'settled'
      ? { record: toldUnknown(job, index, step, now) }
      : {}),
  };
}

const inFlight = 'the job ended while the call was in flight';

/** What the model reads of a call that may have happened: silence would say that it was not made. */
function toldUnknown(job: JobState, index: number, step: Running, now: number): OutcomeRecord {
  return {
    kind: 'outcome',
    turn: job.turn,
    index,
    attempts: step.attempts + step.crashes + 1,
    startedAt: step.startedAt,
    finishedAt: now,
    answer: { failure: outcomeUnknown(inFlight) },
  };
}

function again(job: JobState, call: ToolCall, step: CallStep, now: number): CallStep {
  if (step.status === 'unknown') return step;
  if (step.status === 'running' && mustNotRepeat(job, call)) {
    return job.onUnknownOutcome === 'ask'
      ? unknownStep(step, { reason: inFlight, at: now, until: step.until })
      : settledStep(step, 'unknown');
  }
  return freshStep(job.sequence + 1, now);
}

function commit(opened: Change): ReopenDecision {
  return { kind: 'commit', change: opened };
}
