import type { JobState } from '@pawl/contracts';
import { change, nothing, type Change, type Nothing } from './change.ts';
import { readyAgain } from './steps.ts';

type ReleaseDecision = { readonly kind: 'commit'; readonly change: Change } | Nothing;

/** A worker that is told to stop gives its turn back, with no attempt lost. */
export function releaseTurn(
  job: JobState,
  { epoch }: { epoch: number },
  now: number,
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
  return { kind: 'commit', change: change(job, { patch: { phase: { name: 'turn', step } } }) };
}
