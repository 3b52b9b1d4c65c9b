import { type JobState, type JobStatus, ShortLivedMap, ShortLivedSet } from '@pawl/contracts';
import type { JobParts } from '@pawl/engine';
import type { RedisConnection } from '@pawl/runtime';
import type { Keys } from './keys.ts';

type Listener = (message: string) => void;

/** For so long channels that nobody listens to any more are gathered, in milliseconds. */
const lingering = 100;

/** Channels of one subscriber connection, each subscribed for as long as somebody listens. */
export function createChangeFeed(subscriber: RedisConnection) {
  const listeners = new ShortLivedMap<string, Set<Listener>>();
  const left = new Set<string>();

  /** Unsubscribes from the channel with others, by one command, unless somebody listens to it again. */
  function leave(channel: string): void {
    left.add(channel);
    if (left.size > 1) return;
    setTimeout(() => {
      const channels = [...left].filter((each) => !listeners.has(each));
      left.clear();
      if (channels.length > 0) subscriber.unsubscribe(...channels).catch(() => undefined);
    }, lingering).unref();
  }

  /** @param unsubscribe called once nobody listens to the channel any more */
  async function begin(
    channel: string,
    listener: Listener,
    unsubscribe: () => Promise<void>,
  ): Promise<() => Promise<void>> {
    const known = listeners.get(channel);
    if (known === undefined) listeners.set(channel, new Set([listener]));
    else known.add(listener);
    const stop = async () => {
      const remaining = listeners.get(channel);
      remaining?.delete(listener);
      if (remaining?.size !== 0) return;
      listeners.delete(channel);
      await unsubscribe();
    };
    try {
      await subscriber.subscribe(channel);
    } catch (error) {
      await stop().catch(() => undefined);
      throw error;
    }
    return stop;
  }

  const onMissed = new ShortLivedSet<() => void>();
  const tellMissed = () => {
    for (const listener of onMissed) listener();
  };
  subscriber.on('message', (channel: string, message: string) => {
    for (const listener of listeners.get(channel) ?? []) listener(message);
  });
  subscriber.on('ready', () => {
    const channels = [...listeners.keys()];
    if (channels.length === 0) return;
    // A connection to one server does not subscribe again by itself, one to a cluster does: then this waits until it has.
    subscriber.subscribe(...channels).then(tellMissed, () => undefined);
  });

  return {
    /** False: Redis is away, and to listen takes until it is back. */
    isReady: () => subscriber.status === 'ready',

    /** Calls the listener each time that messages may have been missed, since the connection was lost. */
    onMissed(listener: () => void): () => void {
      return onMissed.add(listener);
    },

    /** Resolves once messages arrive for certain; call the answer to stop listening. */
    listen(channel: string, listener: Listener): Promise<() => Promise<void>> {
      return begin(channel, listener, async () => {
        await subscriber.unsubscribe(channel);
      });
    },

    /** The same for what is listened to briefly and often: such channels are left together, a moment later. */
    listenBriefly(channel: string, listener: Listener): Promise<() => Promise<void>> {
      return begin(channel, listener, async () => leave(channel));
    },
  };
}

export type ChangeFeed = ReturnType<typeof createChangeFeed>;

/** The channels on which all commits of a job are told, but for the first. */
export function changesOf(keys: Keys, job: string): [string, string] {
  return [keys.statusChanges(job), keys.progress(job)];
}

/** Listens to several channels. Where one of them fails, none is listened to any more. */
export async function listenToAll(
  channels: readonly string[],
  listen: (channel: string) => Promise<() => Promise<void>>,
): Promise<() => Promise<void>> {
  const results = await Promise.allSettled(channels.map((channel) => listen(channel)));
  const stops = results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
  const stop = async () => {
    await Promise.all(stops.map((end) => end()));
  };
  const failed = results.find((result) => result.status === 'rejected');
  if (failed === undefined) return stop;
  await stop().catch(() => undefined);
  throw failed.reason;
}

/** What is told of a commit that gives a job another status. Readers take a message that says less for any status. */
export function statusMessage(sequence: number, status: JobStatus): string {
  return `${sequence} ${status}`;
}

function statusIn(message: string): string | undefined {
  return message.split(' ')[1];
}

export interface WaitDependencies {
  readonly feed: ChangeFeed;
  readonly keys: Keys;
  readonly readJobParts: (id: string) => Promise<JobParts | undefined>;
}

export interface WaitOptions {
  readonly until: (job: JobState) => boolean;
  /** The only statuses in which the job may be as wanted: other changes are not told. Absent: any may be. */
  readonly statuses?: ReadonlySet<string> | undefined;
  /** Milliseconds. */
  readonly timeout: number;
  readonly signal?: AbortSignal;
}

/** How a wait ended: the job as it was read, and is as wanted; or there is no such job; or it was not so in time. */
export type Change =
  | { readonly kind: 'found'; readonly parts: JobParts }
  | { readonly kind: 'gone' }
  | { readonly kind: 'over' };

/**
 * Resolves when the job is as `until` wants it, when it does not exist, after `timeout`, or when the signal is aborted,
 * however long Redis is away. The job is read after the subscription stands, so no change falls between, and the answer
 * needs no further read.
 */
export function waitForChange(
  { feed, keys, readJobParts }: WaitDependencies,
  jobId: string,
  { until, statuses, timeout, signal }: WaitOptions,
): Promise<Change> {
  return new Promise((resolve, reject) => {
    let isOver = false;
    let isReading = false;
    let isStale = false;
    let stopListening: (() => Promise<void>) | undefined;

    function finish(settle: () => void): void {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      stopMissed();
      stopListening?.().catch(() => undefined);
      settle();
    }
    const end = () => finish(() => resolve({ kind: 'over' }));

    /** Reads the job, once more for all changes that are told meanwhile. */
    async function look(): Promise<void> {
      isStale = true;
      if (isReading) return;
      isReading = true;
      while (isStale && !isOver) {
        isStale = false;
        const parts = await readJobParts(jobId);
        if (parts === undefined) finish(() => resolve({ kind: 'gone' }));
        else if (until(parts.job)) finish(() => resolve({ kind: 'found', parts }));
      }
      isReading = false;
    }
    const fail = (error: unknown) => finish(() => reject(error));
    const onChange = () => void look().catch(fail);

    async function begin(): Promise<void> {
      // The subscription waits while Redis is away, and who asks for a job should not.
      if (!feed.isReady()) await look();
      if (isOver) return;
      const channels =
        statuses === undefined ? changesOf(keys, jobId) : [keys.statusChanges(jobId)];
      const stop = await listenToAll(channels, (channel) =>
        feed.listenBriefly(channel, (message) => {
          const status = statusIn(message);
          if (statuses === undefined || status === undefined || statuses.has(status)) onChange();
        }),
      );
      if (isOver) await stop();
      else stopListening = stop;
      await look();
    }

    // Not AbortSignal.timeout within AbortSignal.any: Node 20 may collect it, and the wait would never end.
    const timer = setTimeout(end, timeout);
    signal?.addEventListener('abort', end);
    // What is told while the subscriber reconnects is told to nobody: then the state is read anew.
    const stopMissed = feed.onMissed(onChange);
    if (signal?.aborted === true) end();
    else begin().catch(fail);
  });
}
