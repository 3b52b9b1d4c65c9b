import type { JobState } from '@pawl/contracts';

/** The states of jobs that this process has committed last, each with the id of its commit. */
export interface RecentJobs {
  remember(job: JobState, commitId: string): void;
  recall(id: string): JobState | undefined;
  forget(id: string): void;
  /** The commit that wrote this very state; undefined where it was read, or is not remembered. */
  commitOf(job: JobState): string | undefined;
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
  // A Map keeps its entries in the order in which they were added.
  const recent = new Map<string, JobState>();
  const commits = new WeakMap<JobState, string>();
  return {
    remember(job, commitId) {
      recent.delete(job.id);
      if (most === 0 || job.phase.name === 'ended') return;
      recent.set(job.id, job);
      commits.set(job, commitId);
      if (recent.size <= most) return;
      const [oldest] = recent.keys();
      if (oldest !== undefined) recent.delete(oldest);
    },
    recall: (id) => recent.get(id),
    forget: (id) => recent.delete(id),
    commitOf: (job) => commits.get(job),
  };
}
