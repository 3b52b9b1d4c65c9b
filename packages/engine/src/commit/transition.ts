import { type JobState, ShortLivedMap } from '@pawl/contracts';
import type { CommitAnswer } from '../domain/commit.ts';
import { buildCommit, type ConversationAhead } from './build-commit.ts';
import { commitAndWake, commitWithTasks } from './commit-and-wake.ts';
import { contextOf, type Engine } from './engine.ts';
import { goOn, type Onward, type ReservedNext, type ReserveNext } from './go-on.ts';
import {
  decidedBy,
  nothing,
  type Nothing,
  type Transition,
  type TransitionAnswer,
} from './next-state.ts';

interface TransitionOptions {
  /** A state that the caller has read already: it saves the first read. */
  readonly known?: JobState | undefined;
  /** Where the caller goes on with the step that becomes ready. */
  readonly reserveNext?: ReserveNext | undefined;
  /** The job's conversation, read ahead for the case that the job ends. */
  readonly conversation?: ConversationAhead;
}

/**
 * Reads the job, decides, commits; and decides anew on the fresh state for as long as somebody else commits first.
 * Every lost race means that another one made progress, so this ends.
 */
export async function applyTransition<Decision extends TransitionAnswer>(
  engine: Engine,
  jobId: string,
  decide: (job: JobState) => Decision,
  { known, reserveNext, conversation }: TransitionOptions = {},
): Promise<Decision | Nothing> {
  return serializeByJob<Decision | Nothing>(engine, jobId, async (latest) => {
    let ahead = conversation;
    let remembered = [latest, engine.store.recallJob(jobId)].reduce(newest, known);
    for (;;) {
      const job = remembered ?? (await engine.store.readJob(jobId));
      if (job === undefined) return { result: nothing('the job does not exist') };
      const decision = decide(job);
      const decided = decidedBy(decision);
      if (decided !== undefined) {
        const made = 'jobs' in decided ? decided.jobs[0] : undefined;
        const committed =
          made !== undefined && reserveNext !== undefined
            ? await commitAndGoOn(engine, made, { reserveNext, ahead })
            : (await commitAndWake(engine, await buildCommit(engine, decided, ahead))) &&
              (made?.after ?? job);
        if (committed !== false) return { result: decision, latest: committed };
      } else if (remembered === undefined) {
        // Only the stored state may say that there is nothing to commit.
        return { result: decision };
      }
      remembered = undefined;
      ahead = undefined;
    }
  });
}

/**
 * Commits a transition, and goes on with the step that becomes ready by it, where this worker has a slot and the step's
 * task gets a share. Answers the state that was committed; false: somebody else was first.
 */
async function commitAndGoOn(
  engine: Engine,
  made: Transition,
  { reserveNext, ahead }: { readonly reserveNext: ReserveNext; readonly ahead: ConversationAhead },
): Promise<JobState | false> {
  const onward = goOn(made, contextOf(engine));
  const next = onward && reserveNext(onward.wake);
  if (onward !== undefined && next !== undefined) {
    const committed = await commitAndStart(engine, onward, next);
    if (committed !== 'not_started') return committed === 'written' && onward.transition.after;
  }
  const commit = await buildCommit(engine, { jobs: [made] }, ahead);
  return (await commitAndWake(engine, commit)) && made.after;
}

async function commitAndStart(
  engine: Engine,
  { wake, transition, claim }: Onward,
  next: ReservedNext,
): Promise<CommitAnswer['kind']> {
  let answer: CommitAnswer['kind'] | undefined;
  try {
    const commit = await buildCommit(engine, { jobs: [transition] });
    answer =
      commit === undefined
        ? 'refused'
        : await commitWithTasks(engine, commit, { wake, lock: next.lock });
    return answer;
  } finally {
    // Where no answer came, the task may have started: it runs as any other, and looks at the stored state.
    if (answer === 'written' || answer === undefined) next.run(answer && claim);
    else next.free(answer === 'not_started');
  }
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
const queues = new WeakMap<Engine['queue'], ShortLivedMap<string, Promise<JobState | undefined>>>();

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
  const queue = queues.get(taskQueue) ?? new ShortLivedMap<string, Promise<JobState | undefined>>();
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
