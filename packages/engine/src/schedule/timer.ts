import type { ScheduleState, ScheduleTiming } from '@pawl/contracts';
import type { Engine } from '../commit/engine.ts';
import type { ScheduleWrite, Timer } from '../domain/commit.ts';
import type { Wake } from '../domain/task.ts';
import { nextWaitingSlot } from './firing.ts';
import { nextSlot } from './slots.ts';

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

function sameTimer(one: Timer | null, other: Timer | null): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Makes a worker look at the schedule now. */
export function scheduleWake({ id, revision, tenant, user }: ScheduleState): Wake {
  const task = { kind: 'schedule', schedule: id, since: revision } as const;
  return { task, at: 0, priority: 0, owner: { tenant, group: user } };
}

/** The wake that a commit adds: nothing runs any more, and a slot waits. Slots to come have their timer. */
export function waitingSlotWakes(after: ScheduleState | null): Wake[] {
  return after !== null && nextWaitingSlot(after) !== undefined ? [scheduleWake(after)] : [];
}

/** After a commit, the timers that follow from the records (invariant 3). One that got lost is put back by the sweeper. */
export async function setTimers(engine: Engine, writes: readonly ScheduleWrite[]): Promise<void> {
  for (const { before, after } of writes) {
    const id = after?.id ?? before?.id;
    if (id === undefined || sameTimer(timerOf(before), timerOf(after))) continue;
    await setTimerOf(engine, id, after).catch(engine.onLostWake);
  }
}

/**
 * Sets the timer of a schedule, or takes it away.
 *
 * Of timers that are due in the same moment the lowest priority comes first. It is drawn from as many as the tenant has
 * schedules, so those of a tenant with few are among the first, however many another one has.
 */
export async function setTimerOf(
  { store, queue, random }: Pick<Engine, 'store' | 'queue' | 'random'>,
  id: string,
  schedule: ScheduleState | null,
): Promise<void> {
  const timer = timerOf(schedule);
  if (schedule === null || timer === null) return queue.setTimer(id, null);
  const among = await store.countSchedules(schedule.tenant);
  return queue.setTimer(id, timer, 1 + Math.floor(random() * among));
}
