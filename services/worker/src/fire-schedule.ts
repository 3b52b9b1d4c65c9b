import type { ScheduleTask } from '@pawl/contracts';
import { fireSchedule as fire, scheduleWake } from '@pawl/engine';
import type { Handled } from '@pawl/queue';
import type { Tracing } from '@pawl/telemetry';
import type { WorkerDependencies } from './worker.ts';

/** The clock that set a timer may be ahead of this machine's by so much, in milliseconds. */
const clockDifference = 1_000;

/**
 * Settles the slots of a schedule that have come. The clock's own task names no commit: it takes no share, and so it
 * only wakes the task that does.
 */
export async function fireSchedule(
  worker: WorkerDependencies,
  { schedule: id, since }: ScheduleTask,
): Promise<Handled> {
  const { engine } = worker;
  if (since !== undefined) {
    await (worker.tracing === undefined ? settle(worker, id) : trace(worker, worker.tracing, id));
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

/** False: nothing was to be done. */
async function settle({ engine, log }: WorkerDependencies, id: string): Promise<boolean> {
  const { settled, next, outcome } = await fire(engine, id);
  if (settled) log.info({ schedule: id, next, outcome }, 'schedule fired');
  return settled;
}

/** Nobody's request: what comes of it is a trace of its own, which names the one in which the schedule was made. */
async function trace(worker: WorkerDependencies, tracing: Tracing, id: string): Promise<void> {
  const template = await worker.engine.store.readScheduledJob(id);
  const span = tracing.start({
    name: 'fire_schedule',
    parent: null,
    links: [template?.trace],
    attributes: { 'pawl.schedule.id': id },
  });
  // One that is never ended is never told.
  if (await span.run(() => settle(worker, id))) span.end();
}
