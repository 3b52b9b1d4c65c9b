import type { ScheduleTask } from '@pawl/contracts';
import { fireSchedule as fire, scheduleWake } from '@pawl/engine';
import type { Handled } from '@pawl/queue';
import type { WorkerDependencies } from './worker.ts';

/** The clock that set a timer may be ahead of this machine's by so much, in milliseconds. */
const clockDifference = 1_000;

/**
 * Settles the slots of a schedule that have come. The clock's own task names no commit: it takes no share, and so it
 * only wakes the task that does.
 */
export async function fireSchedule(
  { engine, log }: WorkerDependencies,
  { schedule: id, since }: ScheduleTask,
): Promise<Handled> {
  if (since !== undefined) {
    const { settled, next, outcome } = await fire(engine, id);
    if (settled) log.info({ schedule: id, next, outcome }, 'schedule fired');
    return { kind: 'done' };
  }
  const schedule = await engine.store.readSchedule(id);
  if (schedule === undefined) return { kind: 'done' };
  const { next } = schedule;
  const early = next === null ? 0 : next - engine.now();
  if (next !== null && early > 0 && early <= clockDifference) return { kind: 'later', at: next };
  await engine.queue.wake([scheduleWake(schedule)]);
  return { kind: 'done' };
}
