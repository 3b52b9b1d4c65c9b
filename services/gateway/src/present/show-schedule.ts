import type { Schedule, ScheduleState } from '@pawl/contracts';
import { connectUrlOf, presentSchedule } from '@pawl/engine';
import type { Gateway } from '../gateway.ts';

/** A schedule as this gateway shows it; undefined when it was deleted meanwhile. */
export async function showSchedule(
  { store, publicUrl }: Gateway,
  schedule: ScheduleState,
): Promise<Schedule | undefined> {
  const [job, last] = await Promise.all([
    store.readScheduledJob(schedule.id),
    schedule.lastJob === undefined ? undefined : store.readJobParts(schedule.lastJob),
  ]);
  if (job === undefined) return undefined;
  return presentSchedule({ schedule, job, last }, connectUrlOf(publicUrl));
}
