import type { ScheduleState, ScheduleTiming } from '@pawl/contracts';
import type { Timer } from '../schedule-ports.ts';
import { nextSlot } from './schedule-slots.ts';

/** The timer that a record calls for; null: none. */
export function timerOf(schedule: ScheduleState | null): Timer | null {
  if (schedule?.activity.name !== 'active' || schedule.next === null) return null;
  const { timing } = schedule;
  const { startAt, endAt } = timing;
  const bounds = {
    ...(startAt === undefined ? {} : { startAt }),
    ...(endAt === undefined ? {} : { endAt }),
  };
  return timing.kind === 'cron'
    ? { pattern: timing.expression, timezone: timing.timezone, ...bounds }
    : { pattern: `every ${timing.seconds} from ${timing.anchor}`, ...bounds };
}

/** The next slot of a timer: the same function that the record's slots come from. */
export function nextOfTimer(timer: Timer, after: number): number | null {
  return nextSlot(timingOf(timer), after);
}

function timingOf({ pattern, timezone = 'UTC', startAt, endAt }: Timer): ScheduleTiming {
  const bounds = {
    ...(startAt === undefined ? {} : { startAt }),
    ...(endAt === undefined ? {} : { endAt }),
  };
  const [, seconds, anchor] = /^every (\d+) from (\d+)$/.exec(pattern) ?? [];
  return seconds === undefined
    ? { kind: 'cron', expression: pattern, timezone, ...bounds }
    : { kind: 'every', seconds: Number(seconds), anchor: Number(anchor), ...bounds };
}

export function sameTimer(one: Timer | null, other: Timer | null): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
