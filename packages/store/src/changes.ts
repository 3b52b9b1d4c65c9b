import { EventEmitter, once } from 'node:events';
import type { JobState } from '@pawl/contracts';
import { statusOf } from '@pawl/engine';
import type { RedisConnection } from '@pawl/runtime';
import type { Keys } from './keys.ts';

type Listener = (message: string) => void;

/** Channels of one subscriber connection, each subscribed for as long as somebody listens. */
export function createChangeFeed(subscriber: RedisConnection) {
  const listeners = new Map<string, Set<Listener>>();
  const onMissed = new Set<() => void>();
  subscriber.on('message', (channel: string, message: string) => {
    for (const listener of listeners.get(channel) ?? []) listener(message);
  });
  subscriber.on('ready', () => {
    const channels = [...listeners.keys()];
    if (channels.length === 0) return;
    // The connection subscribes again by itself: this waits until it has.
    subscriber.subscribe(...channels).then(
      () => onMissed.forEach((listener) => listener()),
      () => undefined,
    );
  });

  return {
    /** Calls the listener each time that messages may have been missed, since the connection was lost. */
    onMissed(listener: () => void): () => void {
      onMissed.add(listener);
      return () => onMissed.delete(listener);
    },

    /** Resolves once messages arrive for certain; call the answer to stop listening. */
    async listen(channel: string, listener: Listener): Promise<() => Promise<void>> {
      const known = listeners.get(channel);
      if (known === undefined) listeners.set(channel, new Set([listener]));
      else known.add(listener);
      const stop = async () => {
        const remaining = listeners.get(channel);
        remaining?.delete(listener);
        if (remaining?.size !== 0) return;
        listeners.delete(channel);
        await subscriber.unsubscribe(channel);
      };
      try {
        await subscriber.subscribe(channel);
      } catch (error) {
        await stop().catch(() => undefined);
        throw error;
      }
      return stop;
    },
  };
}

export type ChangeFeed = ReturnType<typeof createChangeFeed>;

/** What is told of each commit of a job. Readers take a message that says less for a change of any kind. */
export function changeMessage(job: JobState): string {
  return `${job.sequence} ${statusOf(job)}`;
}

function statusIn(message: string): string | undefined {
  return message.split(' ')[1];
}

export interface WaitDependencies {
  readonly feed: ChangeFeed;
  readonly keys: Keys;
  readonly readJob: (id: string) => Promise<JobState | undefined>;
}

export interface WaitOptions {
  readonly until: (job: JobState) => boolean;
  /** The only statuses in which the job may be as wanted: other changes are not looked at. Absent: any may be. */
  readonly statuses?: ReadonlySet<string> | undefined;
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
  { until, statuses, timeout, signal }: WaitOptions,
): Promise<void> {
  const changes = new EventEmitter();
  const onChange = () => changes.emit('change');
  const onMessage = (message: string) => {
    const status = statusIn(message);
    if (statuses === undefined || status === undefined || statuses.has(status)) onChange();
  };
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
  let stopMissed: (() => void) | undefined;
  try {
    // What is told while the subscriber reconnects is told to nobody: then the state is read anew.
    stopMissed = feed.onMissed(onChange);
    stop = await feed.listen(keys.changes(jobId), onMessage);
    while (!over.signal.aborted) {
      const changed = once(changes, 'change');
      const job = await readJob(jobId);
      if (job === undefined || until(job) || over.signal.aborted) return;
      await changed;
    }
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', end);
    stopMissed?.();
    await stop?.();
  }
}
