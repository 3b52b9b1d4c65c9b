import type { ScheduleState } from '@pawl/contracts';
import type { Wake } from '../ports.ts';
import { slotOfLine } from './schedule-firing.ts';

/** Makes a worker look at the schedule now. */
export function scheduleWake({ id, revision }: ScheduleState): Wake {
  return { task: { kind: 'schedule', schedule: id, since: revision }, at: 0, priority: 0 };
}

/** The wake that a commit adds: nothing runs any more, and a slot waits in line. Slots to come have their timer. */
export function lineWakes(after: ScheduleState | null): Wake[] {
  return after !== null && slotOfLine(after) !== undefined ? [scheduleWake(after)] : [];
}
