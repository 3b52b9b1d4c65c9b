import type { ScheduleState } from '@pawl/contracts';
import type { Wake } from '../ports.ts';
import { slotOfLine } from './schedule-firing.ts';

/** Makes a worker look at the schedule now. */
export function scheduleWake({ id, revision, tenant, user }: ScheduleState): Wake {
  const task = { kind: 'schedule', schedule: id, since: revision } as const;
  return { task, at: 0, priority: 0, owner: { tenant, group: user } };
}

/** The wake that a commit adds: nothing runs any more, and a slot waits in line. Slots to come have their timer. */
export function lineWakes(after: ScheduleState | null): Wake[] {
  return after !== null && slotOfLine(after) !== undefined ? [scheduleWake(after)] : [];
}
