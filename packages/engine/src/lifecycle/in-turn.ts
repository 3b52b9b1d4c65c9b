import type { JobState } from '@pawl/contracts';
import type { Engine } from './dependencies.ts';

interface Outcome<Result> {
  readonly result: Result;
  /** The state that was committed, for whoever is next. */
  readonly latest?: JobState;
}

/**
 * For each job or conversation that is at work, the end of the newest piece of work; by the process's task queue, since
 * the engines of a process may differ in how they reach the store.
 */
const queues = new WeakMap<Engine['queue'], Map<string, Promise<JobState | undefined>>>();

/**
 * Does one piece of work on a job (or a conversation) at a time in this process, each with the state that the one before it has committed:
 * the parallel calls of one turn would otherwise race each other for every commit. Between processes the fence decides,
 * so this is for speed only: a state that is handed on may be old by now, and then its commit is refused.
 */
export async function inTurn<Result>(
  { queue: taskQueue }: Pick<Engine, 'queue'>,
  id: string,
  work: (latest: JobState | undefined) => Promise<Outcome<Result>>,
): Promise<Result> {
  const queue = queues.get(taskQueue) ?? new Map<string, Promise<JobState | undefined>>();
  queues.set(taskQueue, queue);
  const outcome = (queue.get(id) ?? Promise.resolve(undefined)).then(work);
  const end = outcome.then(
    ({ latest }) => latest,
    () => undefined,
  );
  queue.set(id, end);
  try {
    return (await outcome).result;
  } finally {
    if (queue.get(id) === end) queue.delete(id);
  }
}
