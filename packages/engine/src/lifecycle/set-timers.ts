import type { ScheduleState } from '@pawl/contracts';
import { sameTimer, timerOf } from '../decisions/schedule-timer.ts';
import type { ScheduleWrite } from '../schedule-ports.ts';
import type { Engine } from './dependencies.ts';

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
