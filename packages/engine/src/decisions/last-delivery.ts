import type { JobState, TurnStep, CallStep } from '@pawl/contracts';
import type { Rules } from '../rules.ts';

/**
 * True when this step has lost its workers so often that it is set aside if it loses one more. Whoever takes such a
 * step takes no other such step beside it: else a step that kills its worker would have those set aside that were
 * only there each time.
 *
 * @param index of the tool call; absent for the turn
 */
export function isLastDelivery(
  { phase }: JobState,
  index: number | undefined,
  rules: Rules,
): boolean {
  if (phase.name === 'turn' && index === undefined) return isLast(phase.step, rules);
  if (phase.name !== 'calls' || index === undefined) return false;
  const call = phase.calls[index];
  return call !== undefined && isLast(call.step, rules);
}

function isLast(step: TurnStep | CallStep, { deliveries }: Rules): boolean {
  if (step.status !== 'ready' && step.status !== 'running') return false;
  const crashes = step.crashes + (step.status === 'running' ? 1 : 0);
  return crashes > 0 && crashes === deliveries - 1;
}
