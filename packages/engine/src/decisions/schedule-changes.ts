import type { Overlap, ScheduleState, ScheduleTiming } from '@pawl/contracts';
import { nextSlot } from './schedule-slots.ts';

export interface NewSchedule {
  readonly id: string;
  readonly tenant: string;
  readonly user: string;
  readonly conversation?: string | undefined;
  readonly timing: ScheduleTiming;
  readonly overlap: Overlap;
  readonly enabled: boolean;
}

/** The record of a schedule that was just made: its first slot lies after now. */
export function newSchedule(
  { enabled, conversation, ...given }: NewSchedule,
  now: number,
): ScheduleState {
  return {
    ...given,
    ...(conversation === undefined ? {} : { conversation }),
    revision: 1,
    createdAt: now,
    updatedAt: now,
    activity: { name: enabled ? 'active' : 'paused' },
    next: enabled ? nextSlot(given.timing, now) : null,
    open: [],
    line: [],
    failures: [],
  };
}

export interface ScheduleChange {
  readonly timing?: ScheduleTiming | undefined;
  readonly overlap?: Overlap | undefined;
  readonly enabled?: boolean | undefined;
  readonly conversation?: string | null | undefined;
}

/**
 * The record after a change. Slots count from now on where the timing changed or the schedule was enabled: what came
 * while it was paused is not made up for.
 */
export function changeSchedule(
  schedule: ScheduleState,
  change: ScheduleChange,
  now: number,
): ScheduleState {
  const timing = change.timing ?? schedule.timing;
  const overlap = change.overlap ?? schedule.overlap;
  const activity = activityAfter(schedule, change.enabled);
  const isActive = activity.name === 'active';
  const wakes = isActive && schedule.activity.name !== 'active';
  const restarts = wakes || JSON.stringify(timing) !== JSON.stringify(schedule.timing);
  const { conversation: before, ...kept } = schedule;
  const conversation = change.conversation === undefined ? before : change.conversation;
  return {
    ...kept,
    ...(typeof conversation === 'string' ? { conversation } : {}),
    revision: schedule.revision + 1,
    updatedAt: now,
    timing,
    overlap,
    activity,
    next: isActive ? (restarts ? nextSlot(timing, now) : schedule.next) : null,
    line: isActive && overlap === 'queue' ? schedule.line : [],
    failures: wakes ? [] : schedule.failures,
  };
}

function activityAfter(
  { activity }: ScheduleState,
  enabled: boolean | undefined,
): ScheduleState['activity'] {
  if (enabled === undefined) return activity;
  if (enabled) return { name: 'active' };
  return activity.name === 'active' ? { name: 'paused' } : activity;
}
