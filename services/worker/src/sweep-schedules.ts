import { scheduleWake, timerOf } from '@pawl/engine';
import type { SweepDependencies } from './sweep.ts';

/** How many schedules one sweep looks at: what is left over comes first the next time. */
const batch = 1_000;

/**
 * Puts back the timers that BullMQ should have and has not, takes away those that no schedule asks for, and wakes
 * schedules whose slot, or whose line, should have moved by now.
 */
export async function sweepSchedules(
  { engine, store, log, interval }: SweepDependencies,
  shard: number,
): Promise<void> {
  const now = engine.now();
  // Whoever looks first after a restart of Redis marks the end of the outage.
  await store.servingSince(shard, now);
  const { missing, needless } = await engine.queue.compareTimers(
    shard,
    store.timedSchedules(shard),
  );
  const [due, lined] = await Promise.all([
    store.schedulesDue(shard, now - interval, batch),
    store.schedulesInLine(shard, batch),
  ]);
  const stuck = new Set([...due, ...lined]);
  const ids = new Set([...stuck, ...missing.slice(0, batch), ...needless.slice(0, batch)]);
  const heal = async (id: string) => {
    const schedule = await store.readSchedule(id);
    if (schedule === undefined) await store.forgetSchedule(shard, id);
    await engine.queue.setTimer(id, timerOf(schedule ?? null));
    if (schedule !== undefined && stuck.has(id)) await engine.queue.wake([scheduleWake(schedule)]);
  };
  await Promise.all(
    [...ids].map((schedule) =>
      heal(schedule).catch((error: unknown) =>
        log.error({ schedule, err: error }, 'a schedule could not be swept'),
      ),
    ),
  );
}
