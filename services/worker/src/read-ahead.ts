import type { AdmittedRequest, JobState, StepRecord } from '@pawl/contracts';
import {
  type BudgetLeft,
  budgetLeft,
  budgetOf,
  type Conversation,
  type CutHistory,
  cutResults,
  recentJobs,
  unlessUnreadable,
  withoutData,
} from '@pawl/engine';
import type { WorkerDependencies } from './worker.ts';

/**
 * What a turn needs and no claim changes. It is read beside the commit by which the turn is claimed, which saves the turn
 * the wait for it. Nobody waits for it unless the turn is claimed.
 */
export interface ReadAhead {
  readonly request: Promise<AdmittedRequest>;
  readonly budget: Promise<BudgetLeft>;
  /** Where the job ends by this turn, it leaves it. */
  readonly conversation: Promise<Conversation | undefined>;
  /** Where nobody watches the reply as it comes, the model is not streamed. */
  readonly isWatched: Promise<boolean>;
}

/** What was said before. */
export interface History {
  /** The conversation's jobs before this one, the oldest first. */
  readonly earlier: readonly CutHistory[];
  /** What this job has recorded so far. */
  readonly steps: readonly StepRecord[];
}

type ReadingWorker = Pick<WorkerDependencies, 'engine' | 'settings'>;

/** Begins to read for the next turn of a job. */
export function readAhead(
  { engine }: Pick<ReadingWorker, 'engine'>,
  job: JobState,
  knownRequest: () => AdmittedRequest | undefined = () => undefined,
): ReadAhead {
  const { store } = engine;
  const readRequest = async () => knownRequest() ?? store.readRequest(job.id);
  return {
    request: begun(readRequest()),
    budget: begun(budgetLeft(engine, job)),
    conversation: begun(store.readConversation(job.conversation)),
    isWatched: store.isJobWatched(job.id).catch(() => false),
  };
}

/** What fails is a failure for whoever waits for it, and for nobody else. */
function begun<Value>(read: Promise<Value>): Promise<Value> {
  read.catch(() => undefined);
  return read;
}

/**
 * Begins to read what was said before this turn of a job.
 *
 * @param knownSteps what the job has recorded so far, which is known only where no job came before
 */
export function readHistory(
  worker: ReadingWorker,
  job: JobState,
  knownSteps?: readonly StepRecord[],
): Promise<History> {
  if (knownSteps !== undefined) return Promise.resolve({ earlier: [], steps: knownSteps });
  const earlier = readEarlierJobs(worker, job);
  // A job that has not started has recorded nothing.
  const steps = job.startedAt === undefined ? [] : worker.engine.store.readSteps(job.id);
  return begun(
    Promise.all([earlier, steps]).then(([jobs, records]) => ({ earlier: jobs, steps: records })),
  );
}

/** Earlier jobs are read a few at a time, since most conversations need few and some are very long. */
const readAtOnce = 8;

/** The newest jobs before this one, as many as the budget of characters lets in, oldest first. */
async function readEarlierJobs(
  { engine: { store }, settings }: ReadingWorker,
  job: JobState,
): Promise<CutHistory[]> {
  const chunks: (readonly CutHistory[])[] = [];
  let left = Math.min(settings.historyCharacters, budgetOf(job) ?? Number.POSITIVE_INFINITY);
  // A job that has not started is not among them yet.
  for (let oldest = job.startedAt === undefined ? undefined : job.id; ;) {
    const piece = { where: 'before', job: oldest, limit: readAtOnce } as const;
    const started = (await store.startedJobs(job.conversation, piece)) ?? [];
    // A read that was sent again may come behind the claim, which lists the job.
    const ids = started.filter((id) => id !== job.id);
    // An earlier job that cannot be read is missing, and stops nobody.
    const read = await Promise.all(ids.map((id) => unlessUnreadable(store.readHistory(id))));
    const histories = read.flatMap((history) =>
      history === undefined ? [] : [cutResults(withoutData(history), settings.resultCharacters)],
    );
    const recent = recentJobs(
      histories.map(({ history }) => history),
      { characters: left },
    );
    chunks.push(histories.slice(histories.length - recent.jobs.length));
    left -= recent.characters;
    const [first] = ids;
    if (first === undefined || started.length < readAtOnce || !recent.complete) break;
    oldest = first;
  }
  return chunks.toReversed().flat();
}
