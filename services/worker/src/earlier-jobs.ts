import type { JobState, StepRecord } from '@pawl/contracts';
import {
  budgetOf,
  type CutHistory,
  cutResults,
  type JobHistory,
  lengthOf,
  messagesOf,
  recentJobs,
  unlessUnreadable,
  withoutData,
} from '@pawl/engine';
import type { PawlStore } from '@pawl/store';
import { LRUCache } from 'lru-cache';

export interface EarlierJobsSettings {
  /** Characters of one tool's result that a model call is given. */
  readonly resultCharacters: number;
  /** Characters of JSON of a conversation's earlier jobs that a model call is given. */
  readonly historyCharacters: number;
}

type ReadingStore = Pick<PawlStore, 'startedJobs' | 'readJobHistory' | 'readVersion'>;

/** What was said in a conversation before a job of it. */
export interface EarlierJobs {
  /** The newest jobs before this one, as many as the budget of characters lets in, the oldest first. */
  readBefore(store: ReadingStore, job: JobState): Promise<CutHistory[]>;
}

/** A job as later ones of its conversation are given it. */
interface EarlierJob extends CutHistory {
  /** Of its messages as JSON. */
  readonly characters: number;
}

interface KeptJob extends EarlierJob {
  /** Of the job in Redis. */
  readonly version: string;
}

/** Jobs that are kept at a time, their characters as JSON, and for how many milliseconds. */
const keptAtMost = { jobs: 4_000, characters: 16_000_000, age: 600_000 };

/**
 * Each turn of a job needs what was said before it, and earlier jobs seldom change. So they are kept from one turn to the
 * next, and of each it is asked only whether Redis still has this version of it: one that has changed is read anew, and
 * one that was erased is no longer given to anybody.
 */
export function createEarlierJobs(
  { resultCharacters, historyCharacters }: EarlierJobsSettings,
  most = keptAtMost,
): EarlierJobs {
  const kept = new LRUCache<string, KeptJob>({
    max: most.jobs,
    maxSize: most.characters,
    sizeCalculation: ({ history }) => JSON.stringify(history).length,
    ttl: most.age,
    ttlAutopurge: true,
  });

  /** Undefined: it was erased, or cannot be read: it is missing then, and stops nobody. */
  async function read(store: ReadingStore, id: string): Promise<EarlierJob | undefined> {
    const known = kept.get(id);
    if (known !== undefined && (await store.readVersion(id)) === known.version) return known;
    const stored = await unlessUnreadable(store.readJobHistory(id));
    if (stored === undefined) {
      kept.delete(id);
      return undefined;
    }
    const cut = cutResults(withoutData(withoutLate(stored.history)), resultCharacters);
    const job = { ...cut, characters: lengthOf(messagesOf(cut.history)) };
    const { version } = stored;
    if (version !== undefined) kept.set(id, { ...job, version });
    return job;
  }

  return {
    async readBefore(store, job) {
      const pieces: (readonly CutHistory[])[] = [];
      let left = Math.min(historyCharacters, budgetOf(job) ?? Number.POSITIVE_INFINITY);
      for await (const ids of idsBefore(store, job)) {
        const jobs = await Promise.all(ids.map((id) => read(store, id)));
        const recent = recentJobs(
          jobs.filter((each) => each !== undefined),
          left,
        );
        pieces.push(recent.jobs);
        left -= recent.characters;
        if (!recent.complete) break;
      }
      return pieces.toReversed().flat();
    },
  };
}

/** What a model is given does not depend on what was learnt too late, nor on what people have decided. */
function withoutLate(history: JobHistory): JobHistory {
  const steps = history.steps.filter(({ kind }) => givenKinds.has(kind));
  return { ...history, steps };
}

const givenKinds: ReadonlySet<StepRecord['kind']> = new Set(['turn', 'call', 'outcome']);

/** Ids are short. */
const listedAtOnce = 32;

/** Most conversations need few jobs, and some jobs are very long. */
const readAtOnce = 8;

/** The jobs before this one, a few at a time: the newest come first, each piece has its oldest first. */
async function* idsBefore(store: ReadingStore, job: JobState): AsyncGenerator<readonly string[]> {
  // A job that has not started is not among them yet.
  for (let oldest = job.startedAt === undefined ? undefined : job.id; ;) {
    const piece = { where: 'before', job: oldest, limit: listedAtOnce } as const;
    const started = (await store.startedJobs(job.conversation, piece)) ?? [];
    // A read that was sent again may come behind the claim, which lists the job.
    const ids = started.filter((id) => id !== job.id);
    for (let end = ids.length; end > 0; end -= readAtOnce) {
      yield ids.slice(Math.max(0, end - readAtOnce), end);
    }
    [oldest] = ids;
    if (oldest === undefined || started.length < listedAtOnce) return;
  }
}
