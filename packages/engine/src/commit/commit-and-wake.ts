import type { JobTask } from '@pawl/contracts';
import type { Commit, CommitAnswer, JobTransition } from '../domain/commit.ts';
import type { Share, TaskStart, Wake } from '../domain/task.ts';
import { isSameTask, needlessTasks, newWakes } from '../job/wakes.ts';
import { setTimers, waitingSlotWakes } from '../schedule/timer.ts';
import { freedPlaces, startParked } from '../tenant/start-parked.ts';
import { deliveryWakes } from '../webhook/delivery.ts';
import { buildCommit } from './build-commit.ts';
import type { Engine } from './engine.ts';

/** Tasks that are woken with a commit: it must not keep Redis for long. */
const mostWakes = 100;

/**
 * Commits what {@link buildCommit} has built, and wakes what becomes runnable by it (invariant 3). False: somebody else
 * was first, and nothing was written.
 */
export async function commitAndWake(engine: Engine, commit: Commit | undefined): Promise<boolean> {
  return commit !== undefined && (await commitWithTasks(engine, commit)) === 'written';
}

/**
 * The same, where this worker goes on with a task that becomes runnable. The tasks that may run now are changed in the
 * same moment, so that no death falls between the two. Tasks whose time has not come are added after it, and so are the
 * timers of schedules: the sweeper makes up for a death before that.
 */
export async function commitWithTasks(
  engine: Engine,
  commit: Commit,
  start?: TaskStart<JobTask>,
): Promise<CommitAnswer['kind']> {
  const { jobs, schedules = [], at } = commit;
  const isStarted = ({ task }: Wake<JobTask>) =>
    start !== undefined && isSameTask(task, start.wake.task);
  const wakes: Wake[] = [
    ...jobs.flatMap(({ before, after }) =>
      newWakes(before, after).filter((wake) => !isStarted(wake)),
    ),
    ...(commit.deliveries ?? []).flatMap(({ delivery }) => deliveryWakes(delivery)),
    ...schedules.flatMap(({ after }) => waitingSlotWakes(after)),
  ];
  const over = jobs.flatMap(({ before, after }) => needlessTasks(before, after));
  const { share } = engine;
  const isOver = start !== undefined || wakes.length + over.length > 0 || endsJobOf(share, jobs);
  const ending = isOver ? share : undefined;
  const due = wakes.filter((wake) => wake.at <= at).slice(0, mostWakes);
  const answer = await engine.store.commit(commit, {
    wakes: due,
    over,
    ending: ending && { ...ending },
    start,
  });
  // What may have been given back already is given back again.
  if (answer.kind !== 'written') return answer.kind;
  if (ending !== undefined) ending.isHeld = false;
  if (answer.lostWake !== undefined) engine.onLostWake(answer.lostWake);
  const later = wakes.filter((wake) => !due.includes(wake));
  if (later.length > 0) await engine.queue.wake(later).catch(engine.onLostWake);
  await setTimers(engine, schedules);
  for (const owner of freedPlaces(jobs)) {
    await startParked(engine, owner, async (others, decided) =>
      commitAndWake(others, await buildCommit(others, decided)),
    ).catch(engine.onLostWake);
  }
  return answer.kind;
}

/** True: the task works for a job that ends with this commit. */
function endsJobOf(share: Share | undefined, jobs: readonly JobTransition[]): boolean {
  return jobs.some(
    ({ after }) =>
      after.phase.name === 'ended' &&
      share !== undefined &&
      'job' in share.task &&
      share.task.job === after.id,
  );
}
