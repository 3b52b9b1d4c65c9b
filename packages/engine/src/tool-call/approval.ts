import type { ApprovalDecision, DecisionRecord, JobState } from '@pawl/contracts';
import {
  nextState,
  type Transition,
  nothing,
  type Committed,
  type CommitOrNothing,
} from '../commit/next-state.ts';
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
  const { phase } = job;
  const call = phase.name === 'calls' && job.turn === turn ? phase.calls[index] : undefined;
  if (phase.name !== 'calls' || call?.step.status !== 'unknown' || call.step.epoch !== epoch) {
    return nothing('nobody is asked about this call any more');
  }
  const record: DecisionRecord = { kind: 'decision', turn, index, epoch, at: now, decision };
  switch (decision.decision) {
    case 'respond':
      return commit(
        settleCall(job, { index, call, answer: { output: decision.output } }, { now }),
        record,
      );
    case 'reject': {
      const failure = { code: 'rejected', message: decision.message, retryable: false };
      return commit(settleCall(job, { index, call, answer: { failure } }, { now }), record);
    }
    case 'approve': {
      const step = readyAgain(call.step, { sequence: job.sequence + 1, notBefore: now });
      const calls = replaceCall(phase.calls, { index, call: { ...call, step } });
      return commit(nextState(job, { patch: afterCall(job, calls, now) }), record);
    }
  }
}

function commit(resolved: Transition, record: DecisionRecord): Committed<'commit'> {
  return { kind: 'commit', transition: { ...resolved, steps: [...resolved.steps, record] } };
}
