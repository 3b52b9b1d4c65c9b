import type { JobTask } from '@pawl/contracts';
import type { Commit } from '../domain/commit.ts';
import type { Wake } from '../domain/task.ts';
import { isSameTask, needlessTasks, newWakes } from '../job/wakes.ts';
import { setTimers, waitingSlotWakes } from '../schedule/timer.ts';
import { freedPlaces, startParked } from '../tenant/start-parked.ts';
import { deliveryWakes } from '../webhook/delivery.ts';
import { buildCommit } from './build-commit.ts';
import type { Engine } from './engine.ts';

/**
 * Commits what {@link buildCommit} has built, then wakes what became runnable by it (invariant 3). False: somebody else
 * was first, and nothing was written.
 *
 * @param taken a task that need not be woken, since this worker has it already
 */
export async function commitAndWake(
  engine: Engine,
  commit: Commit | undefined,
  taken?: JobTask,
): Promise<boolean> {
  if (commit === undefined || !(await engine.store.commit(commit))) return false;
  const { jobs, deliveries = [], schedules = [] } = commit;
  const wakes: Wake[] = [
    ...jobs.flatMap(({ before, after }) =>
      newWakes(before, after).filter(({ task }) => taken === undefined || !isSameTask(task, taken)),
    ),
    ...deliveries.flatMap(({ delivery }) => deliveryWakes(delivery)),
    ...schedules.flatMap(({ after }) => waitingSlotWakes(after)),
  ];
  const over = jobs.flatMap(({ before, after }) => needlessTasks(before, after));
  if (wakes.length + over.length > 0) {
    await engine.queue.wake(wakes, { share: engine.share, over }).catch(engine.onLostWake);
  }
  await setTimers(engine, schedules);
  for (const owner of freedPlaces(jobs)) {
    await startParked(engine, owner, async (decided) =>
      commitAndWake(engine, await buildCommit(engine, decided)),
    ).catch(engine.onLostWake);
  }
  return true;
}
