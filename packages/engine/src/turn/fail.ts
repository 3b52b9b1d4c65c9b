import type { JobState, Ready } from '@pawl/contracts';
import { nextState, end, nothing, type CommitOrNothing } from '../commit/next-state.ts';
import { instant } from '../domain/instant.ts';
import type { ModelFailure } from '../domain/model.ts';
import type { TransitionContext } from '../domain/rules.ts';
import { limitBeforeTurn } from '../job/limits.ts';
import { backOff, freshStep, readyAgain, triesOf } from '../job/steps.ts';
import { type SentMessages, smallerBudget } from './messages.ts';
import { pauseEnd, spread } from './provider-pause.ts';
import { addReply } from './record-reply.ts';

export type FailureDecision = CommitOrNothing;

export interface TurnFailure {
  readonly epoch: number;
  readonly failure: ModelFailure;
  /** Another model can't heal a look-up of accounts or tools that failed. */
  readonly cause: 'model' | 'lookup';
  /** How many models the job may use. */
  readonly models: number;
  /** True: earlier prompts of the conversation were sent with more than their text. */
  readonly hasEarlierParts?: boolean | undefined;
  /** What was sent, where the model was asked. */
  readonly sent?: SentMessages;
  /** Where the provider asks everybody to wait: the next model of another one, if there is any. */
  readonly elsewhere?: number | undefined;
}

/** What changes when the turn is taken again. */
type TurnPatch = Parameters<typeof nextState>[1]['patch'] & {
  readonly phase: { readonly name: 'turn'; readonly step: Ready };
};

/** What is tried for a kind of failure, in this order, before the job fails. */
type Remedy =
  | 'wait_for_provider'
  | 'ask_again'
  | 'ask_once_more'
  | 'send_less'
  | 'send_text'
  | 'next_model'
  | 'wait_for_quota';

/** Retrying is for what can heal, the next model for what another one could survive. */
export const remedies = {
  transient: ['wait_for_provider', 'ask_again', 'next_model'],
  unusable: ['ask_once_more', 'next_model'],
  quota: ['next_model', 'wait_for_quota'],
  context_length: ['send_less', 'next_model'],
  content: ['send_text', 'next_model'],
  other_model: ['next_model'],
  fatal: [],
} as const satisfies Record<ModelFailure['kind'], readonly Remedy[]>;

/**
 * What a failed model call means: wait and try again, go on with the next model, or fail. Waiting is bounded by the
 * rules' attempts and by the job's deadline; what was paid for the call counts, and a limit that is reached ends the job.
 */
export function failTurn(
  job: JobState,
  { epoch, failure, cause, models, sent, elsewhere, hasEarlierParts }: TurnFailure,
  { now, random, rules }: TransitionContext,
): FailureDecision {
  const { phase } = job;
  if (phase.name !== 'turn' || phase.step.status !== 'running' || phase.step.epoch !== epoch) {
    return nothing('the turn is no longer this claim’s');
  }
  const { step } = phase;
  const sequence = job.sequence + 1;
  const usage = failure.usage === undefined ? job.usage : addReply(job.usage, failure.usage);
  const counted = failure.usage === undefined ? {} : { model: failure.usage.model };
  const attempts = step.attempts + 1;
  const isLast = attempts >= rules.turnAttempts;
  const goOn = (patch: TurnPatch): FailureDecision => {
    const stopReason = limitBeforeTurn({ ...job, usage });
    const retryAt = instant(patch.phase.step.notBefore);
    const failed = {
      type: 'turn.attempt_failed',
      turn: job.turn,
      attempt: triesOf(step) + 1,
      code: failure.failure.code,
      retry_at: retryAt,
    } as const;
    return {
      kind: 'commit',
      transition:
        stopReason === undefined
          ? nextState(job, { ...counted, patch: { ...patch, usage }, events: [failed] })
          : end(job, { status: 'incomplete', stopReason }, now, { ...counted, patch: { usage } }),
    };
  };
  const askAt = (notBefore: number): FailureDecision =>
    goOn({
      phase: {
        name: 'turn',
        step: readyAgain(step, { sequence, notBefore, attempts, failure: failure.failure }),
      },
    });
  const goOnWith = (model: number): FailureDecision =>
    goOn({ model, phase: { name: 'turn', step: freshStep(sequence, now) } });
  const afterWait = (retryAfter = 0): number =>
    now + backOff(rules, { attempts, random, retryAfter });

  const remedy = (name: Remedy): FailureDecision | undefined => {
    switch (name) {
      case 'wait_for_provider': {
        if (failure.kind !== 'transient' || failure.pausesProvider !== true) return undefined;
        if (elsewhere !== undefined) return goOnWith(elsewhere);
        const pauses = (step.pauses ?? 0) + 1;
        if (pauses > rules.turnPauses) return undefined;
        const pauseOver = pauseEnd(rules, { now, retryAfter: failure.retryAfter ?? 0 });
        // A provider that keeps refusing is asked less and less often.
        const notBefore = Math.max(
          spread(pauseOver, random, rules),
          now + backOff(rules, { attempts: pauses, random }),
        );
        const again = { sequence, notBefore, pauses, failure: failure.failure };
        return goOn({ phase: { name: 'turn', step: readyAgain(step, again) } });
      }
      case 'ask_again':
        return isLast
          ? undefined
          : askAt(afterWait('retryAfter' in failure ? failure.retryAfter : 0));
      case 'ask_once_more':
        return isLast || step.lastFailure?.code === failure.failure.code
          ? undefined
          : askAt(afterWait());
      case 'send_less': {
        if (failure.kind !== 'context_length' || sent === undefined) return undefined;
        // Part of the state, so that whoever takes the turn next does not begin with too much again.
        const messageBudget = smallerBudget(job, sent, failure.fits);
        if (messageBudget === undefined) return undefined;
        const again = readyAgain(step, { sequence, notBefore: now, failure: failure.failure });
        return goOn({ messageBudget, phase: { name: 'turn', step: again } });
      }
      case 'send_text': {
        if (hasEarlierParts !== true || job.plainHistory === job.model) return undefined;
        const again = readyAgain(step, { sequence, notBefore: now, failure: failure.failure });
        return goOn({ plainHistory: job.model, phase: { name: 'turn', step: again } });
      }
      case 'next_model':
        return cause === 'lookup' || job.model + 1 >= models ? undefined : goOnWith(job.model + 1);
      case 'wait_for_quota': {
        // A reset that is always just ahead must not be waited for for ever: it counts as an attempt.
        if (failure.kind !== 'quota' || failure.resetAt === undefined || isLast) return undefined;
        const notBefore = Math.max(failure.resetAt, afterWait());
        return notBefore < job.expiresAt ? askAt(notBefore) : undefined;
      }
    }
  };
  for (const name of remedies[failure.kind]) {
    const decision = remedy(name);
    if (decision !== undefined) return decision;
  }
  const ending = { status: 'failed', failure: failure.failure } as const;
  return { kind: 'commit', transition: end(job, ending, now, { ...counted, patch: { usage } }) };
}
