import type { JobState } from '@pawl/contracts';
import {
  nextState,
  end,
  nothing,
  type Nothing,
  type Committed,
  type CommitOrNothing,
} from '../commit/next-state.ts';
import type { TransitionContext } from '../domain/rules.ts';
import { limitBeforeTurn } from '../job/limits.ts';
import { claimed, readyAgain, quarantine, triesOf } from '../job/steps.ts';

export type TurnClaim =
  | (Committed<'claimed'> & { readonly epoch: number })
  | Committed<'ended'>
  /** The start time has come: the job joins its conversation's line. */
  | { readonly kind: 'due' }
  | { readonly kind: 'check_account'; readonly connection: string }
  | { readonly kind: 'early'; readonly at: number }
  | Nothing;

/** Invariants 1, 2 and 10: the state, not the task, says whether this turn may be taken now. */
export function claimTurn(
  job: JobState,
  { since }: { since: number },
  { now, rules }: Pick<TransitionContext, 'now' | 'rules'>,
): TurnClaim {
  const { phase } = job;
  if (phase.name === 'scheduled') {
    if (phase.since !== since) return nothing('another start');
    return phase.startAt > now ? { kind: 'early', at: phase.startAt } : { kind: 'due' };
  }
  if (phase.name !== 'turn' || phase.step.since !== since) return nothing('another step');
  const { step } = phase;
  if (now >= job.expiresAt)
    return { kind: 'ended', transition: end(job, { status: 'expired' }, now) };
  if (step.status === 'blocked') return { kind: 'check_account', connection: step.connection };
  if (step.status === 'ready' && step.notBefore > now) return { kind: 'early', at: step.notBefore };
  const stopReason = limitBeforeTurn(job);
  if (stopReason !== undefined) {
    return { kind: 'ended', transition: end(job, { status: 'incomplete', stopReason }, now) };
  }
  const running = claimed(step, { sequence: job.sequence + 1, at: now });
  if (running.crashes >= rules.crashLimit) {
    return {
      kind: 'ended',
      transition: quarantine(job, { step: `turn ${job.turn}` }, { now, rules }),
    };
  }
  const starts = job.startedAt === undefined;
  return {
    kind: 'claimed',
    epoch: running.epoch,
    transition: nextState(job, {
      patch: { phase: { name: 'turn', step: running }, ...(starts ? { startedAt: now } : {}) },
      events: [
        ...(starts ? [{ type: 'job.started' } as const] : []),
        { type: 'turn.started', turn: job.turn, attempt: triesOf(running) + 1 },
      ],
    }),
  };
}

type ReleaseDecision = CommitOrNothing;

/** A worker that is told to stop gives its turn back, with no attempt lost. */
export function releaseTurn(
  job: JobState,
  { epoch }: { epoch: number },
  { now }: Pick<TransitionContext, 'now'>,
): ReleaseDecision {
  const { phase } = job;
  if (phase.name !== 'turn' || phase.step.status !== 'running' || phase.step.epoch !== epoch) {
    return nothing('the turn is no longer this claim’s');
  }
  const { lastFailure } = phase.step;
  const step = readyAgain(phase.step, {
    sequence: job.sequence + 1,
    notBefore: now,
    // It says how often the same failure has come.
    ...(lastFailure === undefined ? {} : { failure: lastFailure }),
  });
  return {
    kind: 'commit',
    transition: nextState(job, { patch: { phase: { name: 'turn', step } } }),
  };
}

/** A budget of the job's tenant or user is used up: the claimed turn ends the job before its model call (invariant 10). */
export function stopTurn(
  job: JobState,
  { epoch }: { epoch: number },
  { now }: Pick<TransitionContext, 'now'>,
): CommitOrNothing {
  const { phase } = job;
  if (phase.name !== 'turn' || phase.step.status !== 'running' || phase.step.epoch !== epoch) {
    return nothing('the turn is no longer this claim’s');
  }
  return {
    kind: 'commit',
    transition: end(job, { status: 'incomplete', stopReason: 'budget' }, now),
  };
}
