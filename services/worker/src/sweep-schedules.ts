import type { ScheduleState } from '@pawl/contracts';
import { scheduleWake, setTimerOf } from '@pawl/engine';
import { parkedIn } from './parked.ts';
import { dealWithUnreadable } from './unreadable.ts';
import type { SweepDependencies } from './worker.ts';

/** How many schedules one sweep looks at: what is left over comes first the next time. */
const batch = 1_000;

/** How many are read at once: between them the worker's other work goes on. */
const atATime = 100;

/**
 * Puts back the timers that BullMQ should have and has not, takes away those that no schedule asks for, and wakes
 * schedules whose next or waiting slot should have started by now. Answers how many it has looked at.
 */
export async function sweepSchedules(sweeper: SweepDependencies, shard: number): Promise<number> {
  const { engine, log, interval } = sweeper;
  const { store } = engine;
  const now = engine.now();
  // Whoever looks first after a restart of Redis marks the end of the outage.
  await store.servingSince(shard, now);
  const { missing, needless } = await engine.queue.compareTimers(shard);
  const [due, withWaitingSlot] = await Promise.all([
    store.schedulesDue(shard, now - interval, batch),
    store.schedulesInLine(shard, batch),
  ]);
  const stuck = new Set([...due, ...withWaitingSlot]);
  const timed = new Set([...missing.slice(0, batch), ...needless.slice(0, batch)]);
  const ids = [...new Set([...stuck, ...timed])];
  for (let start = 0; start < ids.length; start += atATime) {
    const schedules = await readAll(sweeper, shard, ids.slice(start, start + atATime));
    const waking = schedules.filter(({ id }) => stuck.has(id)).map(scheduleWake);
    const parked = parkedIn(await engine.queue.wake(waking));
    // One that waits for a share has had its timer; another one that is stuck may have a wrong one.
    const untimed = schedules.filter(({ id }) => timed.has(id) || !parked.has(id));
    await Promise.all(
      untimed.map((schedule) =>
        setTimerOf(engine, schedule.id, schedule).catch((error: unknown) =>
          log.error({ schedule: schedule.id, err: error }, 'a timer could not be set'),
        ),
      ),
    );
  }
  return ids.length;
}

/** The schedules that there are. What is left of those that there are no more is taken away. */
async function readAll(
  sweeper: SweepDependencies,
  shard: number,
  ids: readonly string[],
): Promise<ScheduleState[]> {
  const { engine, log } = sweeper;
  const found = await Promise.all(
    ids.map(async (id) => {
      try {
        const schedule = await engine.store.readSchedule(id);
        if (schedule !== undefined) return schedule;
        await engine.store.forgetSchedule(shard, id);
        await setTimerOf(engine, id, null);
      } catch (error) {
        const unreadable = await dealWithUnreadable(sweeper, id, error).catch(() => undefined);
        if (unreadable === undefined) log.error({ id, err: error }, 'could not be swept');
      }
      return undefined;
    }),
  );
  return found.filter((schedule) => schedule !== undefined);
}
