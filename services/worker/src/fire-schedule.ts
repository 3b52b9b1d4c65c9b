import type { ScheduleTask } from '@pawl/contracts';
import { fireSchedule as fire } from '@pawl/engine';
import type { Handled } from '@pawl/queue';
import type { WorkerDependencies } from './worker.ts';

/** The clock that set a timer may be ahead of this machine's by so much, in milliseconds. */
const clockDifference = 1_000;

/** Settles the slots of a schedule that have come. */
export async function fireSchedule(
  { engine, log }: WorkerDependencies,
  { schedule, since }: ScheduleTask,
): Promise<Handled> {
  const { settled, next, outcome } = await fire(engine, schedule);
  if (settled) log.info({ schedule, next, outcome }, 'schedule fired');
  const isEarly = !settled && since === undefined && next !== null;
  return isEarly && next - engine.now() <= clockDifference
    ? { kind: 'later', at: next }
    : { kind: 'done' };
}
