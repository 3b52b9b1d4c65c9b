import type {
  CancelSource,
  JobState,
  LateOutcome,
  Limits,
  OutcomeRecord,
  ToolCall,
} from '@pawl/contracts';
import {
  nextState,
  type Transition,
  end,
  nothing,
  type Nothing,
  type Committed,
  type CommitOrNothing,
} from '../commit/next-state.ts';
import { isUnsettled, type PlacedCall } from '../domain/tool.ts';
import { withoutClaim } from '../tool-call/open-claims.ts';
import {
  afterCall,
  finalFailure,
  inDoubtStep,
  mustNotRepeat,
  outcomeRecord,
  outcomeUnknown,
  settledBy,
} from '../tool-call/settle.ts';
import { limitBeforeTurn } from './limits.ts';
import { awaitingApproval, freshStep } from './steps.ts';
import type { TransitionContext } from '../domain/rules.ts';

export type StopDecision = CommitOrNothing;

/** Ends the job in any phase. What is still in flight finds an ended job, and cannot change it (invariant 7). */
export function cancel(
  job: JobState,
  { by }: { by: CancelSource },
  { now }: Pick<TransitionContext, 'now'>,
): StopDecision {
  return job.phase.name === 'ended'
    ? nothing('the job has ended')
    : { kind: 'commit', transition: end(job, { status: 'cancelled', by }, now) };
}

/** The deadline counts from the start time, waiting included. */
export function expire(job: JobState, { now }: Pick<TransitionContext, 'now'>): StopDecision {
  if (job.phase.name === 'ended') return nothing('the job has ended');
  if (now < job.expiresAt) return nothing('the deadline has not come');
  return { kind: 'commit', transition: end(job, { status: 'expired' }, now) };
}

export type ReopenDecision =
  | Committed<'commit'>
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
  { now }: Pick<TransitionContext, 'now'>,
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
    corrections: [],
    expiresAt: now + limits.deadline_seconds * 1_000,
  };
  const { from } = phase;
  if (from.name !== 'calls') {
    const step = freshStep(job.sequence + 1, now);
    return commit(nextState(job, { patch: { ...patch, phase: { name: 'turn', step } } }));
  }
  // A batch that a limit stopped before it ran was not counted.
  const stopped = phase.ending.status === 'incomplete';
  const toolCalls = job.usage.toolCalls + (stopped ? from.calls.length : 0);
  if (toolCalls > limits.tool_calls) return { kind: 'limited', limit: 'tool_calls' };
  const known = { ...job, claims: late.reduce(withoutClaim, job.claims) };
  const reopened = from.calls.map((call, index) => reopenCall(known, { index, call }, late, now));
  return commit(
    nextState(job, {
      patch: {
        ...patch,
        ...afterCall(
          job,
          reopened.map(({ call }) => call),
          now,
        ),
        claims: known.claims,
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

/**
 * A call has happened if any claim of it succeeded. Else its newest claim says what becomes of it, as far as that is
 * known by now; what an older one has learnt speaks for no other.
 *
 * @param job without the claims that have reported late
 */
function reopenCall(
  job: JobState,
  placed: PlacedCall,
  late: readonly LateOutcome[],
  now: number,
): ReopenedCall {
  const { index, call } = placed;
  if (!isUnsettled(placed)) return { call };
  const { step } = placed.call;
  const learnt = late.filter((outcome) => outcome.turn === job.turn && outcome.index === index);
  const settle = (answer: OutcomeRecord['answer'], at: number): ReopenedCall => ({
    call: settledBy(call, answer),
    record: outcomeRecord(job, placed, answer, at),
  });
  const success = learnt.find(({ answer }) => 'output' in answer);
  if (success !== undefined) return settle(success.answer, success.finishedAt);
  const again = { call: { ...call, step: freshStep(job.sequence + 1, now) } };
  if (step.status === 'awaiting_approval') {
    const asked = { sequence: job.sequence + 1, at: now, within: call.approval?.within };
    return { call: { ...call, step: awaitingApproval(step, asked) } };
  }
  if (step.status !== 'running' && step.status !== 'unknown') return again;
  const own = learnt.find(({ epoch }) => epoch === step.epoch);
  if (own !== undefined && 'failure' in own.answer) {
    return own.executed
      ? settle({ failure: finalFailure(job, placed, own.answer.failure) }, own.finishedAt)
      : again;
  }
  if (step.status === 'unknown') {
    const { lookup } = step;
    if (lookup === undefined) return { call };
    const anew = { ...lookup, since: job.sequence + 1, notBefore: now, attempts: 0 };
    return { call: { ...call, step: { ...step, lookup: anew } } };
  }
  if (!mustNotRepeat(job, call)) return again;
  if (job.onUnknownOutcome !== 'ask') return settle({ failure: outcomeUnknown(inFlight) }, now);
  const running = { index, call: { ...call, step } };
  return { call: { ...call, step: inDoubtStep(job, running, { reason: inFlight, at: now }) } };
}

const inFlight = 'the job ended while the call was in flight';

function commit(opened: Transition): ReopenDecision {
  return { kind: 'commit', transition: opened };
}
