import { ScheduleId, type ScheduleState } from '@pawl/contracts';
import type { Gateway } from '../gateway.ts';
import { notFound } from '../http/problem-error.ts';

/**
 * A tenant's schedule.
 *
 * @throws ProblemError `not_found` for what is no schedule, and for another tenant's.
 */
export async function findSchedule(
  { store }: Gateway,
  { id, tenant }: { id: unknown; tenant: string },
): Promise<ScheduleState> {
  const parsed = ScheduleId.safeParse(id);
  if (!parsed.success || !store.knowsShardOf(parsed.data)) {
    throw notFound(`schedule ${String(id).slice(0, 80)}`);
  }
  const schedule = await store.readSchedule(parsed.data);
  if (schedule?.tenant !== tenant) throw notFound(`schedule ${parsed.data}`);
  return schedule;
}
