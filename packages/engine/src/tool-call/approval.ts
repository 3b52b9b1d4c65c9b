import type { ApprovalDecision, DecisionRecord, JobState } from '@pawl/contracts';
import {
  nextState,
  type Transition,
  nothing,
  type Committed,
  type CommitOrNothing,
} from '../commit/next-state.ts';
import { isIn } from '../domain/job.ts';
import { isCallIn, type PlacedCall } from '../domain/tool.ts';
import { readyAgain, replaceCall } from '../job/steps.ts';
import { afterCall, settleCall } from './settle.ts';
import type { TransitionContext } from '../domain/rules.ts';

/**
 * A person's word on a call whose outcome nobody knows: it succeeded, with this output; it failed, with this message;
 * or it is to be made again. Bound to the very claim that got lost: a call that was settled or made again meanwhile is
 * not asked about any more.
 */
export function resolveOutcome(
  job: JobState,
  {
    turn,
    index,
    epoch,
    decision,
  }: { turn: number; index: number; epoch: number; decision: ApprovalDecision },
  { now }: Pick<TransitionContext, 'now'>,
): CommitOrNothing {
  const over = nothing('nobody is asked about this call any more');
  if (!isIn(job, 'calls') || job.turn !== turn) return over;
  const call = job.phase.calls[index];
  if (call === undefined) return over;
  const placed: PlacedCall = { index, call };
  if (!isCallIn(placed, 'unknown') || call.step.epoch !== epoch) return over;
  const record: DecisionRecord = { kind: 'decision', turn, index, epoch, at: now, decision };
  switch (decision.decision) {
    case 'respond':
      return commit(
        settleCall(job, { ...placed, answer: { output: decision.output } }, { now }),
        record,
      );
    case 'reject': {
      const failure = { code: 'rejected', message: decision.message, retryable: false };
      return commit(settleCall(job, { ...placed, answer: { failure } }, { now }), record);
    }
    case 'approve': {
      const step = readyAgain(placed.call.step, { sequence: job.sequence + 1, notBefore: now });
      const calls = replaceCall(job.phase.calls, { index, call: { ...call, step } });
      return commit(nextState(job, { patch: afterCall(job, calls, now) }), record);
    }
  }
}

function commit(resolved: Transition, record: DecisionRecord): Committed<'commit'> {
  return { kind: 'commit', transition: { ...resolved, steps: [...resolved.steps, record] } };
}
