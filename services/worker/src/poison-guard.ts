import type { JobState, ToolCallTask, TurnTask } from '@pawl/contracts';
import { isOneCrashFromLimit, type Engine } from '@pawl/engine';
import type { Handled } from '@pawl/queue';

/**
 * Runs the work of a task with the job's state as it was just read; or puts the task off, while another step
 * that is one crash from the limit runs in this process.
 */
export type GuardedRun = (
  task: TurnTask | ToolCallTask,
  work: (known: JobState | undefined) => Promise<Handled>,
) => Promise<Handled>;

/**
 * Steps that are one crash from the limit run one at a time in a process, and are claimed only then: a step that kills
 * its worker takes the steps beside it along, and those must not be quarantined for having been there. The others wait
 * as delayed tasks, not in the worker's slots.
 */
export function createPoisonGuard({
  store,
  rules,
  now,
  random,
}: Pick<Engine, 'rules' | 'now' | 'random'> & {
  readonly store: Pick<Engine['store'], 'readJob'>;
}): GuardedRun {
  let isBusy = false;
  return async (task, work) => {
    const job = await store.readJob(task.job);
    const index = task.kind === 'tool_call' ? task.index : undefined;
    if (job === undefined || !isOneCrashFromLimit(job, index, rules)) return work(job);
    // Spread, so that of many that wait one is there soon after the way is free.
    if (isBusy) return { kind: 'later', at: now() + Math.round(500 + 1_000 * random()) };
    isBusy = true;
    try {
      return await work(job);
    } finally {
      isBusy = false;
    }
  };
}
