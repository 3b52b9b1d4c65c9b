import type { JobState, ToolCallTask, TurnTask } from '@pawl/contracts';
import { type GuardedState, isOneCrashFromLimit, type Engine, unguarded } from '@pawl/engine';
import type { Handled } from '@pawl/queue';
import type { JobWithTask } from '@pawl/store';

/**
 * Runs the work of a task with what is known of the job's state; or puts the task off, while another step that is one
 * crash from the limit runs in this process.
 */
export type GuardedRun = (
  task: TurnTask | ToolCallTask,
  work: (guarded: GuardedState) => Promise<Handled>,
  /** The job, where it was read with the task. */
  read?: Pick<JobWithTask, 'state'>,
) => Promise<Handled>;

/**
 * Steps that are one crash from the limit run one at a time in a process, and are claimed only then: a step that kills
 * its worker takes the steps beside it along, and those must not be quarantined for having been there. The others wait
 * as delayed tasks, not in the worker's slots.
 *
 * A state that is remembered may be older than those crashes. Then the claim finds the newer one, and is put off.
 */
export function createPoisonGuard({
  store,
  rules,
  now,
  random,
}: Pick<Engine, 'rules' | 'now' | 'random'> & {
  readonly store: Pick<Engine['store'], 'readJob' | 'recallJob'>;
}): GuardedRun {
  let isBusy = false;
  // Spread, so that of many that wait one is there soon after the way is free.
  const soon = () => now() + Math.round(500 + 1_000 * random());
  return async (task, work, read) => {
    const known =
      store.recallJob(task.job) ?? (read ? read.state() : await store.readJob(task.job));
    const index = task.kind === 'tool_call' ? task.index : undefined;
    const isLast = (job: JobState) => isOneCrashFromLimit(job, index, rules);
    if (known === undefined || !isLast(known)) {
      return work({
        known,
        putOff: (job) => (isLast(job) ? { kind: 'early', at: soon() } : undefined),
      });
    }
    if (isBusy) return { kind: 'later', at: soon() };
    isBusy = true;
    try {
      return await work({ ...unguarded, known });
    } finally {
      isBusy = false;
    }
  };
}
