import { type JobState, ShortLivedMap } from '@pawl/contracts';
import type { IndexEntry } from './indexes.ts';

/** The states of jobs that this process has committed last, each with the id of its commit. */
export interface RecentJobs {
  remember(job: JobState, commitId: string): void;
  recall(id: string): JobState | undefined;
  forget(id: string): void;
  /** The commit that wrote this very state; undefined where it was read, or is not remembered. */
  commitOf(job: JobState): string | undefined;
  /** The index entries of a state of which {@link noteEntries} was told last; undefined where they are not remembered. */
  entriesOf(job: JobState): readonly IndexEntry[] | undefined;
  /** Told of the entries of a state that is about to be committed: they are those before the next commit. */
  noteEntries(job: JobState, entries: readonly IndexEntry[]): void;
}

/** States that are remembered at a time: more than a worker has steps under way. */
const mostJobs = 1_000;

/**
 * The worker that commits a step mostly takes the next one, too. Who goes on from a remembered state fences its commit
 * by the id of the one before, and not by the sequence alone: a Redis that lost its last second counts the same
 * sequences again, but no id comes twice.
 *
 * @param most 0 where nobody goes on
 */
export function createRecentJobs(most = mostJobs): RecentJobs {
  const recent = new ShortLivedMap<string, JobState>();
  const commits = new WeakMap<JobState, string>();
  // Of a WeakMap, Node.js 20 would keep the values until it collects all garbage, however short their keys live.
  const entries = new ShortLivedMap<
    string,
    { readonly job: JobState; readonly all: readonly IndexEntry[] }
  >();

  function keep<Value>(kept: ShortLivedMap<string, Value>, job: JobState, value: Value): boolean {
    kept.delete(job.id);
    if (most === 0 || job.phase.name === 'ended') return false;
    kept.set(job.id, value);
    if (kept.size <= most) return true;
    const [oldest] = kept.keys();
    if (oldest !== undefined) kept.delete(oldest);
    return true;
  }

  return {
    remember(job, commitId) {
      if (keep(recent, job, job)) commits.set(job, commitId);
    },
    recall: (id) => recent.get(id),
    forget(id) {
      recent.delete(id);
      entries.delete(id);
    },
    commitOf: (job) => commits.get(job),
    entriesOf(job) {
      const known = entries.get(job.id);
      return known?.job === job ? known.all : undefined;
    },
    noteEntries(job, all) {
      keep(entries, job, { job, all });
    },
  };
}
