import type { JobState } from '@pawl/contracts';
import { nextState, nothing, type CommitOrNothing } from '../commit/next-state.ts';
import type { Rules, TransitionContext } from '../domain/rules.ts';
import { freshStep, readyAgain } from '../job/steps.ts';

/**
 * When a pause of a provider ends that has asked to wait (milliseconds). Bounded on both sides: a provider that asks
 * for a year is asked again before, one that asks for nothing is not asked in a hot loop.
 */
export function pauseEnd(
  { providerPause }: Pick<Rules, 'providerPause'>,
  { now, retryAfter }: { readonly now: number; readonly retryAfter: number },
): number {
  return now + Math.min(Math.max(retryAfter, providerPause.shortest), providerPause.longest);
}

/**
 * The next model of a job that can be asked now: the first one after its current one whose provider is not paused.
 * Undefined: there is none.
 */
export function nextFreeModel(
  models: readonly string[],
  current: number,
  isPaused: (model: string) => boolean,
): number | undefined {
  const found = models.findIndex((model, index) => index > current && !isPaused(model));
  return found === -1 ? undefined : found;
}

/**
 * The claimed turn finds its provider paused: it goes on with another provider's model at once, or is ready again when
 * the pause is over. No model was asked, so neither counts as an attempt.
 */
export function pauseTurn(
  job: JobState,
  { epoch, until, nextModel }: { epoch: number; until: number; nextModel: number | undefined },
  { now, random, rules }: TransitionContext,
): CommitOrNothing {
  const { phase } = job;
  if (phase.name !== 'turn' || phase.step.status !== 'running' || phase.step.epoch !== epoch) {
    return nothing('the turn is no longer this claim’s');
  }
  const sequence = job.sequence + 1;
  const patch =
    nextModel === undefined
      ? {
          phase: {
            name: 'turn',
            step: readyAgain(phase.step, { sequence, notBefore: spread(until, random, rules) }),
          } as const,
        }
      : {
          model: nextModel,
          phase: { name: 'turn', step: freshStep(sequence, now) } as const,
        };
  return { kind: 'commit', transition: nextState(job, { patch }) };
}

/** Turns that wait for the same end do not all ask at once: the first that is refused again spares the others. */
export function spread(
  until: number,
  random: number,
  { providerPause }: Pick<Rules, 'providerPause'>,
): number {
  return until + Math.round(random * providerPause.spread);
}
