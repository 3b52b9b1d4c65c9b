import type { AdmittedRequest, JobState, StepRecord } from '@pawl/contracts';
import { type BudgetLeft, budgetLeft, type Conversation, type CutHistory } from '@pawl/engine';
import type { KnownHistory } from './known-job.ts';
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

type ReadingWorker = Pick<WorkerDependencies, 'engine' | 'earlierJobs'>;

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
 * @param known what is known of it already
 */
export function readHistory(
  { engine: { store }, earlierJobs }: ReadingWorker,
  job: JobState,
  known?: KnownHistory,
): Promise<History> {
  const earlier = known?.hasEarlier === false ? [] : earlierJobs.readBefore(store, job);
  // A job that has not started has recorded nothing.
  const steps = known?.steps ?? (job.startedAt === undefined ? [] : store.readSteps(job.id));
  return begun(
    Promise.all([earlier, steps]).then(([jobs, records]) => ({ earlier: jobs, steps: records })),
  );
}
