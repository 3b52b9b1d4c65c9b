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
  const changes = new EventEmitter();
  const onChange = () => changes.emit('change');
  const over = new AbortController();
  const end = () => {
    over.abort();
    onChange();
  };
  // Not AbortSignal.timeout within AbortSignal.any: Node 20 may collect it, and the wait would never end.
  const timer = setTimeout(end, timeout);
  signal?.addEventListener('abort', end);
  if (signal?.aborted === true) end();
  let stop: (() => Promise<void>) | undefined;
  try {
    stop = await feed.listen(keys.changes(jobId), onChange);
    while (!over.signal.aborted) {
      const changed = once(changes, 'change');
      const job = await readJob(jobId);
      if (job === undefined || until(job) || over.signal.aborted) return;
      await changed;
    }
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', end);
    await stop?.();
  }
}
