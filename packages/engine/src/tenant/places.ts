import type { JobState, LimitScope } from '@pawl/contracts';
import { isIn, type JobIn } from '../domain/job.ts';
import { nextState, type Transition } from '../commit/next-state.ts';
import type { TransitionContext } from '../domain/rules.ts';
import { readyAgain } from '../job/steps.ts';

/** A job that has not started, and does so with its next claim: then it takes a place among those in progress. */
export function needsPlace(job: JobState): job is JobIn<'turn'> {
  return job.startedAt === undefined && isIn(job, 'turn');
}

/** For whose place a job waits, if it does. */
export function awaitedPlace({ phase }: JobState): LimitScope | undefined {
  return phase.name === 'turn' && phase.step.status === 'ready' ? phase.step.placeOf : undefined;
}

/**
 * The job stays queued, as state only: no task, no share, no worker. What starts it is the end of another job, or its
 * wait for a person; should that be lost, the sweeper's sparse look (invariant 8).
 */
export function parkTurn(
  job: JobIn<'turn'>,
  { scope }: { scope: LimitScope },
  { now, rules }: Pick<TransitionContext, 'now' | 'rules'>,
): Transition {
  const { phase } = job;
  const notBefore = now + rules.placeCheckInterval;
  const step = readyAgain(phase.step, { sequence: job.sequence + 1, notBefore });
  return nextState(job, { patch: { phase: { name: 'turn', step: { ...step, placeOf: scope } } } });
}

/** There may be a place: the job tries to start. Undefined: it waits for none. */
export function unparkTurn(
  job: JobState,
  { now }: Pick<TransitionContext, 'now'>,
): Transition | undefined {
  const { phase } = job;
  if (phase.name !== 'turn' || awaitedPlace(job) === undefined) return undefined;
  const step = readyAgain(phase.step, { sequence: job.sequence + 1, notBefore: now });
  return nextState(job, { patch: { phase: { name: 'turn', step } } });
}
