import type { PawlStore } from '@pawl/store';
import type { Logger } from '@pawl/runtime';
import { repeat } from './sweep-loop.ts';

export interface WatchSettings {
  readonly store: Pick<PawlStore, 'connectedWorkers' | 'unseenWorkers' | 'lostWorkers'>;
  readonly log: Logger;
  /** Of the worker that watches. */
  readonly workerId: string;
  /** Takes over what a worker that is gone has left. It is gone for certain, or as good as gone: see `lostWorkers`. */
  readonly takeOver: (worker: string) => Promise<void>;
}

/** Between two looks, in milliseconds. Where three or more watch a worker, each looks half as often. */
const lookInterval = 600;
const sharedLookInterval = 1_200;
const fewWatchers = 2;

/** A connection that broke is back by then, in milliseconds: see `reconnectDelay`. */
const reconnecting = 400;

/** How long the list of workers is gone by, in milliseconds. */
const listAge = 5_000;

/** Workers that each worker watches. */
const watchedWorkers = 8;

/**
 * Looks again and again whether workers have closed their connections, and takes over what they did. All workers watch
 * each other in a ring, so that a look costs the same however many there are: who finds one gone looks at the next ones
 * at once, so that a machine's workers are all found by whoever is left. What is answered stops it.
 */
export function watchWorkers({
  store,
  log,
  workerId,
  takeOver,
}: WatchSettings): () => Promise<void> {
  let watched: readonly string[] = [];
  let listedAt = -Infinity;
  let suspected: ReadonlySet<string> = new Set();
  const look = async (): Promise<number> => {
    if (performance.now() - listedAt > listAge) {
      watched = nextInRing(await store.connectedWorkers(), workerId);
      listedAt = performance.now();
    }
    const unseen = await store.unseenWorkers(watched);
    const rest = watched.length > fewWatchers ? sharedLookInterval : lookInterval;
    if (unseen.length === 0) return rest;
    listedAt = -Infinity;
    if (unseen.some((worker) => !suspected.has(worker))) {
      suspected = new Set(unseen);
      return reconnecting;
    }
    suspected = new Set();
    const lost = await store.lostWorkers(unseen);
    for (const worker of lost) await takeOver(worker);
    return lost.length > 0 ? 0 : rest;
  };
  return repeat(
    () =>
      look().catch((error: unknown) => {
        log.debug({ err: error }, 'could not look for workers that are gone');
        return lookInterval;
      }),
    { first: Math.round(lookInterval * Math.random()) },
  );
}

/** The workers after this one in the order of their names; after the last one come the first ones. */
export function nextInRing(workers: readonly string[], self: string): string[] {
  const others = workers.filter((worker) => worker !== self).toSorted();
  const behind = others.findIndex((worker) => worker > self);
  const first = behind === -1 ? 0 : behind;
  return [...others.slice(first), ...others.slice(0, first)].slice(0, watchedWorkers);
}
