import type { JobState } from '@pawl/contracts';
import type { Rules } from '../rules.ts';
import { change, end, nothing, type Change, type Nothing } from './change.ts';
import { limitBeforeTurn } from './limits.ts';
import { claimed, triesOf } from './steps.ts';
import { setAside } from './set-aside.ts';

export type TurnClaim =
  | { readonly kind: 'claimed'; readonly change: Change; readonly epoch: number }
  | { readonly kind: 'ended'; readonly change: Change }
  /** The start time has come: the job joins its conversation's line. */
  | { readonly kind: 'due' }
  | { readonly kind: 'check_account'; readonly connection: string }
  | { readonly kind: 'early'; readonly at: number }
  | Nothing;

/** Invariants 1, 2 and 10: the state, not the task, says whether this turn may be taken now. */
export function claimTurn(
  job: JobState,
  { since }: { since: number },
  now: number,
  rules: Rules,
): TurnClaim {
  const { phase } = job;
  if (phase.name === 'scheduled') {
    if (phase.since !== since) return nothing('another start');
    return phase.startAt > now ? { kind: 'early', at: phase.startAt } : { kind: 'due' };
  }
  if (phase.name !== 'turn' || phase.step.since !== since) return nothing('another step');
  const { step } = phase;
  if (now >= job.expiresAt) return { kind: 'ended', change: end(job, { status: 'expired' }, now) };
  if (step.status === 'blocked') return { kind: 'check_account', connection: step.connection };
  if (step.status === 'ready' && step.notBefore > now) return { kind: 'early', at: step.notBefore };
  const stopReason = limitBeforeTurn(job);
  if (stopReason !== undefined) {
    return { kind: 'ended', change: end(job, { status: 'incomplete', stopReason }, now) };
  }
  const running = claimed(step, { sequence: job.sequence + 1, at: now });
  if (running.crashes >= rules.deliveries) {
    return { kind: 'ended', change: setAside(job, `turn ${job.turn}`, rules, now) };
  }
  const starts = job.startedAt === undefined;
  return {
    kind: 'claimed',
    epoch: running.epoch,
    change: change(job, {
      patch: { phase: { name: 'turn', step: running }, ...(starts ? { startedAt: now } : {}) },
      events: [
        ...(starts ? [{ type: 'job.started' } as const] : []),
        { type: 'turn.started', turn: job.turn, attempt: triesOf(running) + 1 },
      ],
    }),
  };
}
