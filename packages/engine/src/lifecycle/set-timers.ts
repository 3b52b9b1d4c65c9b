import { sameTimer, timerOf } from '../decisions/schedule-timer.ts';
import type { ScheduleWrite } from '../schedule-ports.ts';
import type { Engine } from './dependencies.ts';

/** After a commit, the timers that follow from the records (invariant 3). One that got lost is put back by the sweeper. */
export async function setTimers(engine: Engine, writes: readonly ScheduleWrite[]): Promise<void> {
  for (const { before, after } of writes) {
    const id = after?.id ?? before?.id;
    const timer = timerOf(after);
    if (id === undefined || sameTimer(timerOf(before), timer)) continue;
    await engine.queue.setTimer(id, timer).catch(engine.onLostWake);
  }
}
