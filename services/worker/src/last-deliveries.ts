import type { JobState, ToolCallTask, TurnTask } from '@pawl/contracts';
import { isLastDelivery, type Rules } from '@pawl/engine';
import type { PawlStore } from '@pawl/store';

/**
 * Runs the work of a task: at once, with the job's state as it was just read, or after that of every other last
 * delivery in this process.
 */
export type RunDelivery = <Result>(
  task: TurnTask | ToolCallTask,
  work: (known: JobState | undefined) => Promise<Result>,
) => Promise<Result>;

/**
 * Steps at their last delivery run one at a time in a process, and are claimed only then. A step that kills its worker
 * takes many others with it; those must not be set aside for having been there.
 */
export function createLastDeliveries({
  store,
  rules,
}: {
  store: Pick<PawlStore, 'readJob'>;
  rules: Rules;
}): RunDelivery {
  let previous: Promise<unknown> = Promise.resolve();
  return async (task, work) => {
    const job = await store.readJob(task.job);
    const index = task.kind === 'tool_call' ? task.index : undefined;
    if (job === undefined || !isLastDelivery(job, index, rules)) return work(job);
    const result = previous.then(() => work(undefined));
    previous = result.catch(() => undefined);
    return result;
  };
}
