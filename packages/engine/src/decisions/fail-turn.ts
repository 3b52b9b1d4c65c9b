import type { JobState } from '@pawl/contracts';
import type { ModelFailure } from '../ports.ts';
import type { Rules } from '../rules.ts';
import { backOff } from './back-off.ts';
import { change, end, nothing, type Change, type Nothing } from './change.ts';
import { smallerBudget, type SentMessages } from './message-budget.ts';
import { freshStep, readyAgain } from './steps.ts';

export type FailureDecision = { readonly kind: 'commit'; readonly change: Change } | Nothing;

export interface TurnFailure {
  readonly epoch: number;
  readonly failure: ModelFailure;
  /** Another model can't heal a look-up of accounts or tools that failed. */
  readonly cause: 'model' | 'lookup';
  /** How many models the job may use. */
  readonly models: number;
  /** What was sent, where the model was asked. */
  readonly sent?: SentMessages;
}

/**
 * What a failed model call means: wait and try again, go on with the next model, or fail. Waiting is bounded by the
 * rules' attempts and by the job's deadline.
 */
export function failTurn(
  job: JobState,
  { epoch, failure, cause, models, sent }: TurnFailure,
  now: number,
  random: number,
  rules: Rules,
): FailureDecision {
  const { phase } = job;
  if (phase.name !== 'turn' || phase.step.status !== 'running' || phase.step.epoch !== epoch) {
    return nothing('the turn is no longer this claim’s');
  }
  const { step } = phase;
  const sequence = job.sequence + 1;
  const tryAgain = (notBefore: number, attempts: number): FailureDecision => ({
    kind: 'commit',
    change: change(job, {
      patch: {
        phase: {
          name: 'turn',
          step: readyAgain(step, { sequence, notBefore, attempts, failure: failure.failure }),
        },
      },
    }),
  });
  const fail = (): FailureDecision => ({
    kind: 'commit',
    change: end(job, { status: 'failed', failure: failure.failure }, now),
  });
  // A reset that is always just ahead must not be waited for for ever: it counts as an attempt.
  const waitForQuota = (resetAt: number): FailureDecision => {
    const attempts = step.attempts + 1;
    const notBefore = Math.max(resetAt, now + backOff(rules, { attempts, random }));
    return attempts < rules.turnAttempts && notBefore < job.expiresAt
      ? tryAgain(notBefore, attempts)
      : fail();
  };
  if (failure.kind === 'fatal') return fail();
  if (failure.kind === 'context_length' && sent !== undefined) {
    // Part of the state, so that whoever takes the turn next does not begin with too much again.
    const messageBudget = smallerBudget(job, sent, failure.fits);
    if (messageBudget !== undefined) {
      const again = readyAgain(step, { sequence, notBefore: now, failure: failure.failure });
      const phase = { name: 'turn', step: again } as const;
      return { kind: 'commit', change: change(job, { patch: { messageBudget, phase } }) };
    }
  }
  if (failure.kind === 'transient' && step.attempts + 1 < rules.turnAttempts) {
    const attempts = step.attempts + 1;
    const wait = backOff(rules, {
      attempts,
      random,
      ...(failure.retryAfter === undefined ? {} : { retryAfter: failure.retryAfter }),
    });
    return tryAgain(now + wait, attempts);
  }
  if (cause === 'model' && job.model + 1 < models) {
    return {
      kind: 'commit',
      change: change(job, {
        patch: {
          model: job.model + 1,
          phase: { name: 'turn', step: freshStep(sequence, now) },
        },
      }),
    };
  }
  if (failure.kind === 'quota' && failure.resetAt !== undefined) {
    return waitForQuota(failure.resetAt);
  }
  return fail();
}
