import type { Json, TriggerCondition } from '@pawl/contracts';
import { type TriggerInput, valueAt } from './template.ts';

/** The first condition that an event does not meet; undefined: it meets all. */
export function unmetCondition(
  filter: readonly TriggerCondition[],
  input: TriggerInput,
): TriggerCondition | undefined {
  return filter.find((condition) => !holds(condition, valueAt(input, condition.place)));
}

function holds(condition: TriggerCondition, value: Json | undefined): boolean {
  if (condition.exists !== undefined) return (value !== undefined) === condition.exists;
  if (condition.in !== undefined) return condition.in.some((wanted) => wanted === value);
  if (condition.not_in !== undefined) return !condition.not_in.some((wanted) => wanted === value);
  return value === condition.equals;
}
