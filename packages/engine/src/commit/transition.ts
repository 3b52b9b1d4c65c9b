import type { JobState } from '@pawl/contracts';
import { buildCommit } from './build-commit.ts';
import { commitAndWake } from './commit-and-wake.ts';
import type { Engine } from './engine.ts';
import { decidedBy, nothing, type Nothing, type TransitionAnswer } from './next-state.ts';

/**
 * Reads the job, decides, commits; and decides anew on the fresh state for as long as somebody else commits first.
 * Every lost race means that another one made progress, so this ends.
 *
 * @param known a state that the caller has read already: it saves the first read
 */
export async function applyTransition<Decision extends TransitionAnswer>(
  engine: Engine,
  jobId: string,
  decide: (job: JobState) => Decision,
  known?: JobState,
): Promise<Decision | Nothing> {
  return serializeByJob<Decision | Nothing>(engine, jobId, async (latest) => {
    let remembered = [latest, engine.store.recallJob(jobId)].reduce(newest, known);
    for (;;) {
      const job = remembered ?? (await engine.store.readJob(jobId));
      if (job === undefined) return { result: nothing('the job does not exist') };
      const decision = decide(job);
      const decided = decidedBy(decision);
      if (decided !== undefined) {
        if (await commitAndWake(engine, await buildCommit(engine, decided))) {
          return { result: decision, latest: 'jobs' in decided ? decided.jobs[0].after : job };
        }
      } else if (remembered === undefined) {
        // Only the stored state may say that there is nothing to commit.
        return { result: decision };
      }
      remembered = undefined;
    }
  });
}

function newest(known: JobState | undefined, latest: JobState | undefined): JobState | undefined {
  if (known === undefined || latest === undefined) return known ?? latest;
  return latest.sequence > known.sequence ? latest : known;
}

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
export async function serializeByJob<Result>(
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
