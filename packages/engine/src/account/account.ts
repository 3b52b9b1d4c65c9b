import type { CallStep, JobState, TurnStep } from '@pawl/contracts';
import { unlessUnreadable } from '../domain/stored-records.ts';
import { contextOf, type Engine } from '../commit/engine.ts';
import { nextState, nothing, type CommitOrNothing } from '../commit/next-state.ts';
import { applyTransition } from '../commit/transition.ts';
import type { TransitionContext } from '../domain/rules.ts';
import type { Account } from '../domain/tool.ts';
import { blockedOn, readyAgain } from '../job/steps.ts';

type AccountDecision = CommitOrNothing;

/** The claimed turn can't go on: an account has to be authorized first. The claim counts as no attempt. */
export function blockTurn(
  job: JobState,
  { epoch, connection, link }: { epoch: number; connection: string; link: string },
  { now, rules }: Pick<TransitionContext, 'now' | 'rules'>,
): AccountDecision {
  const { phase } = job;
  if (phase.name !== 'turn' || phase.step.status !== 'running' || phase.step.epoch !== epoch) {
    return nothing('the turn is no longer this claim’s');
  }
  const step = blockedOn(phase.step, {
    sequence: job.sequence + 1,
    connection,
    link,
    at: now,
    checkAt: now + rules.accountCheckInterval,
  });
  return {
    kind: 'commit',
    transition: nextState(job, { patch: { phase: { name: 'turn', step } } }),
  };
}

/** The account is active: every step that waited for it may run (invariant 8). */
export function resumeAccount(
  job: JobState,
  { connection }: { connection: string },
  { now }: Pick<TransitionContext, 'now'>,
): AccountDecision {
  const sequence = job.sequence + 1;
  return forBlocked(job, connection, (step) => readyAgain(step, { sequence, notBefore: now }));
}

/** The account is still not active: the next look is one interval away. */
export function postponeAccountCheck(
  job: JobState,
  { connection }: { connection: string },
  { now, rules }: Pick<TransitionContext, 'now' | 'rules'>,
): AccountDecision {
  const sequence = job.sequence + 1;
  return forBlocked(job, connection, (step) => ({
    ...step,
    since: sequence,
    checkAt: now + rules.accountCheckInterval,
  }));
}

type BlockedStep = Extract<TurnStep, { status: 'blocked' }>;

function forBlocked(
  job: JobState,
  connection: string,
  next: (step: BlockedStep) => TurnStep,
): AccountDecision {
  const { phase } = job;
  const isBlocked = (step: TurnStep | CallStep): step is BlockedStep =>
    step.status === 'blocked' && step.connection === connection;
  if (phase.name === 'turn' && isBlocked(phase.step)) {
    const patch = { phase: { name: 'turn', step: next(phase.step) } } as const;
    return { kind: 'commit', transition: nextState(job, { patch }) };
  }
  if (phase.name === 'calls' && phase.calls.some(({ step }) => isBlocked(step))) {
    const calls = phase.calls.map((call) =>
      isBlocked(call.step) ? { ...call, step: next(call.step) } : call,
    );
    return {
      kind: 'commit',
      transition: nextState(job, { patch: { phase: { name: 'calls', calls } } }),
    };
  }
  return nothing('no step waits for this account');
}

/**
 * The account is active: resumes every job that waits for it, and answers how many there were. A death in the middle
 * loses nothing: the sweeper's sparse look finds the account active (invariant 8).
 */
export async function resumeJobs(engine: Engine, account: Account): Promise<number> {
  const jobs = await engine.store.jobsWaitingFor(account);
  const decisions = await Promise.all(
    jobs.map((job) =>
      unlessUnreadable(
        applyTransition(engine, job, (state) => resumeAccount(state, account, contextOf(engine))),
      ),
    ),
  );
  return decisions.filter((decision) => decision?.kind === 'commit').length;
}
