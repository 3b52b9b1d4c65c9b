import type { JobState } from '@pawl/contracts';
import { end, nothing, type Change, type Nothing } from './change.ts';

/** A budget of the job's tenant or user is used up: the claimed turn ends the job before its model call (invariant 10). */
export function stopTurn(
  job: JobState,
  { epoch }: { epoch: number },
  now: number,
): { readonly kind: 'commit'; readonly change: Change } | Nothing {
  const { phase } = job;
  if (phase.name !== 'turn' || phase.step.status !== 'running' || phase.step.epoch !== epoch) {
    return nothing('the turn is no longer this claim’s');
  }
  return {
    kind: 'commit',
    change: end(job, { status: 'incomplete', stopReason: 'budget' }, now),
  };
}
