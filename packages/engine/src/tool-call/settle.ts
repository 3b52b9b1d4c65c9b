import type {
  CallStep,
  Failure,
  JobEvent,
  JobState,
  LateOutcome,
  OutcomeRecord,
  ToolCall,
} from '@pawl/contracts';
import { nextState, type Transition } from '../commit/next-state.ts';
import type { JobIn } from '../domain/job.ts';
import type { CallIn, PlacedCall, ToolOutcome, UnsettledCall } from '../domain/tool.ts';
import { freshStep, replaceCall, settledStep, unknownStep } from '../job/steps.ts';
import { type ClaimName, mayHaveHappened } from './open-claims.ts';
import type { TransitionContext } from '../domain/rules.ts';

/** The commit that settles a call with its answer. */
export function settleCall(
  job: JobIn<'calls'>,
  { index, call, answer }: UnsettledCall & { readonly answer: OutcomeRecord['answer'] },
  { now }: Pick<TransitionContext, 'now'>,
): Transition {
  const identity = { turn: job.turn, index, tool: call.tool };
  const event: JobEvent =
    'failure' in answer
      ? { type: 'tool_call.failed', ...identity, code: answer.failure.code }
      : { type: 'tool_call.completed', ...identity };
  const calls = replaceCall(job.phase.calls, { index, call: settledBy(call, answer) });
  return nextState(job, {
    patch: afterCall(job, calls, now),
    events: [event],
    steps: [outcomeRecord(job, { index, call }, answer, now)],
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

/** The record of a call of the current turn that is not settled yet. */
export function outcomeRecord(
  job: JobState,
  { index, call: { step } }: UnsettledCall,
  answer: OutcomeRecord['answer'],
  finishedAt: number,
): OutcomeRecord {
  return {
    kind: 'outcome',
    turn: job.turn,
    index,
    // A call that waited for a person was never made.
    attempts: step.status === 'awaiting_approval' ? 0 : step.attempts + step.crashes + 1,
    ...(step.status === 'running' ? { startedAt: step.startedAt } : {}),
    ...(step.status === 'unknown' && step.lookup ? { startedAt: step.lookup.after } : {}),
    finishedAt,
    answer,
  };
}

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
 * A writing call that may have had its effect (invariant 5): it is looked up where that can be done, else a person
 * decides, or the job's policy says that the model is told. `retry` is handled by whoever would make the call again.
 */
export function declareUnknown(
  job: JobIn<'calls'>,
  { index, call, reason }: CallIn<'running'> & { readonly reason: string },
  { now }: Pick<TransitionContext, 'now'>,
): Transition {
  const { step } = call;
  const asks = job.onUnknownOutcome === 'ask';
  if (asks && call.check !== undefined) {
    const unknown = { ...call, step: inDoubtStep(job, { index, call }, { reason, at: now }) };
    const looking = replaceCall(job.phase.calls, { index, call: unknown });
    return nextState(job, { patch: afterCall(job, looking, now) });
  }
  const next = asks ? unknownStep(step, { reason, at: now }) : settledStep(step, 'unknown');
  const failure = outcomeUnknown(reason);
  const calls = replaceCall(job.phase.calls, { index, call: { ...call, step: next } });
  return nextState(job, {
    patch: afterCall(job, calls, now),
    events: [
      { type: 'tool_call.failed', turn: job.turn, index, tool: call.tool, code: failure.code },
    ],
    steps: [outcomeRecord(job, { index, call }, { failure }, now)],
  });
}

/** The step of a call that may have happened: it is looked up first where that can be done, else a person is asked. */
export function inDoubtStep(
  job: JobState,
  { call: { step, check } }: CallIn<'running'>,
  { reason, at }: { readonly reason: string; readonly at: number },
): CallStep {
  const lookup = check && {
    since: job.sequence + 1,
    after: step.startedAt,
    notBefore: at + check.wait,
    attempts: 0,
  };
  return unknownStep(step, { reason, at, lookup });
}

/** The side record of a claim that reports too late; undefined when it has learnt nothing. */
export function lateOutcome(
  { turn, index, epoch, outcome }: ClaimName & { readonly outcome: ToolOutcome },
  finishedAt: number,
): LateOutcome | undefined {
  const record = { kind: 'late_outcome', turn, index, epoch, finishedAt } as const;
  switch (outcome.kind) {
    case 'succeeded':
      return { executed: true, ...record, answer: { output: outcome.output } };
    case 'failed':
      return { executed: true, ...record, answer: { failure: outcome.failure } };
    case 'not_executed':
    case 'account_inactive':
    case 'fatal':
      return { executed: false, ...record, answer: { failure: outcome.failure } };
    case 'accepted':
    case 'unknown':
      return undefined;
  }
}

/** Next phase: stay with the calls, or start the next turn once all of them are settled. */
export function afterCall(
  job: JobState,
  calls: ToolCall[],
  now: number,
): Pick<JobState, 'phase' | 'turn'> {
  return calls.every((call) => call.step.status === 'settled')
    ? {
        turn: job.turn + 1,
        phase: { name: 'turn', step: freshStep(job.sequence + 1, now) },
      }
    : { turn: job.turn, phase: { name: 'calls', calls } };
}
