import type { JobState, ToolCallTask, TurnTask } from '@pawl/contracts';
import { isLastDelivery, type Engine } from '@pawl/engine';
import type { Handled } from '@pawl/queue';

/**
 * Runs the work of a task with the job's state as it was just read; or puts the task off, while another last delivery
 * is at work in this process.
 */
export type RunDelivery = (
  task: TurnTask | ToolCallTask,
  work: (known: JobState | undefined) => Promise<Handled>,
) => Promise<Handled>;

/**
 * Steps at their last delivery run one at a time in a process, and are claimed only then. A step that kills its worker
 * takes many others with it; those must not be set aside for having been there. They wait as tasks for later, not in
 * the worker's slots: those are for the steps that any number of may run.
 */
export function createLastDeliveries({
  store,
  rules,
  now,
  random,
}: Pick<Engine, 'rules' | 'now' | 'random'> & {
  readonly store: Pick<Engine['store'], 'readJob'>;
}): RunDelivery {
  let isBusy = false;
  return async (task, work) => {
    const job = await store.readJob(task.job);
    const index = task.kind === 'tool_call' ? task.index : undefined;
    if (job === undefined || !isLastDelivery(job, index, rules)) return work(job);
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
