import type { JobState } from '@pawl/contracts';
import {
  budgetOf,
  type CutHistory,
  cutResults,
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

type ReadingStore = Pick<PawlStore, 'startedJobs' | 'readHistory' | 'readVersion'>;

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

/** Jobs that are kept at a time, and the characters of their messages. */
const keptAtMost = { jobs: 4_000, characters: 8_000_000 };

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
    sizeCalculation: ({ characters }) => characters,
  });

  /** Undefined: it was erased, or cannot be read: it is missing then, and stops nobody. */
  async function read(store: ReadingStore, id: string): Promise<EarlierJob | undefined> {
    const known = kept.get(id);
    if (known !== undefined && (await store.readVersion(id)) === known.version) return known;
    kept.delete(id);
    const stored = await unlessUnreadable(store.readHistory(id));
    if (stored === undefined) return undefined;
    const cut = cutResults(withoutData(stored.history), resultCharacters);
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

/** Ids are listed many at a time, and jobs read a few at a time: most conversations need few, and some are very long. */
const [listedAtOnce, readAtOnce] = [32, 8];

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
