import { EventEmitter, once } from 'node:events';
import type { JobState } from '@pawl/contracts';
import type { ChangeFeed } from './change-feed.ts';
import type { Keys } from './keys.ts';

export interface WaitDependencies {
  readonly feed: ChangeFeed;
  readonly keys: Keys;
  readonly readJob: (id: string) => Promise<JobState | undefined>;
}

export interface WaitOptions {
  readonly until: (job: JobState) => boolean;
  /** Milliseconds. */
  readonly timeout: number;
  readonly signal?: AbortSignal;
}

/**
 * Resolves when the job is as `until` wants it, when it does not exist, after `timeout`, or when the signal is aborted.
 * The state is read after the subscription stands, so no change falls between.
 */
export async function waitForChange(
  { feed, keys, readJob }: WaitDependencies,
  jobId: string,
  { until, timeout, signal }: WaitOptions,
): Promise<void> {
  const over = AbortSignal.any([
    AbortSignal.timeout(timeout),
    ...(signal === undefined ? [] : [signal]),
  ]);
  const changes = new EventEmitter();
  const onChange = () => changes.emit('change');
  const stop = await feed.listen(keys.changes(jobId), onChange);
  over.addEventListener('abort', onChange);
  try {
    while (!over.aborted) {
      const changed = once(changes, 'change');
      const job = await readJob(jobId);
      if (job === undefined || until(job) || over.aborted) return;
      await changed;
    }
  } finally {
    over.removeEventListener('abort', onChange);
    await stop();
  }
}
