import { PawlApiError } from '@pawl/client';
import { errorOf, send } from '../api/client.ts';
import { createStore } from './store.ts';
import { readEvents, type ServerEvent } from './read-events.ts';

/**
 * The one stream of events that this page reads. Browsers give a site few connections, and each tab has this one: while
 * somebody looks at a job that goes on, it is the job's own, with the model's text; else that of all jobs.
 */
export type LiveState = 'connecting' | 'live' | 'away';

/** What tells that the stream is up; whoever shows data polls while it is not. */
export const liveState = createStore<LiveState>('connecting');

type Listener = (event: ServerEvent) => void;

const listeners = new Set<Listener>();
/** Where to go on in the events of all jobs. */
let place = '';
let followed: { readonly job: string; readonly listener: Listener } | undefined;
let current: AbortController | undefined;
/** Aborted when nobody is signed in any more. */
let running: AbortController | undefined;

const shortestPause = 1_000;
const longestPause = 15_000;

/** Calls the listener with the events of all jobs. */
export function listenToAllJobs(listener: Listener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Reads one job's events from its first one on, until it has ended or somebody looks at something else. */
export function followJob(job: string, listener: Listener): () => void {
  const own = { job, listener };
  followed = own;
  current?.abort();
  return () => {
    if (followed !== own) return;
    followed = undefined;
    current?.abort();
  };
}

/** @param after where to begin in the events of all jobs: before anything was read that they change */
export function startLiveEvents(after: string): void {
  if (running !== undefined) return;
  running = new AbortController();
  place = after;
  document.addEventListener('visibilitychange', onVisibility);
  void run(running.signal);
}

export function stopLiveEvents(): void {
  running?.abort();
  running = undefined;
  document.removeEventListener('visibilitychange', onVisibility);
  current?.abort();
  liveState.set('connecting');
}

/** Opens the stream at once, where it waits before it tries again: whoever was away is back. */
export function reopenLiveEvents(): void {
  if (liveState.get() === 'away') current?.abort();
}

let hiddenTimer: ReturnType<typeof setTimeout> | undefined;

/** A tab that nobody sees gives its connection back after a minute, and goes on where it was. */
function onVisibility(): void {
  clearTimeout(hiddenTimer);
  if (document.hidden) hiddenTimer = setTimeout(() => current?.abort(), 60_000);
  else current?.abort();
}

async function run(over: AbortSignal): Promise<void> {
  let pause = shortestPause;
  while (!over.aborted) {
    if (document.hidden && liveState.get() !== 'connecting') await whenVisible();
    current = new AbortController();
    const { signal } = current;
    try {
      await (followed === undefined ? readAllJobs(signal) : readJob(followed, signal));
      pause = shortestPause;
    } catch (error) {
      if (signal.aborted) continue;
      if (error instanceof PawlApiError && error.status === 404 && followed !== undefined) {
        followed = undefined;
        continue;
      }
      liveState.set('away');
      current = new AbortController();
      await rest(pause, current.signal);
      pause = Math.min(pause * 2, longestPause);
    }
  }
}

async function readAllJobs(signal: AbortSignal): Promise<void> {
  const response = await open(`v1/events?after=${encodeURIComponent(place)}`, signal);
  liveState.set('live');
  for await (const event of eventsOf(response)) {
    place = event.id ?? place;
    for (const listener of listeners) listener(event);
  }
  throw new Error('The stream ended.');
}

async function readJob(
  own: { readonly job: string; readonly listener: Listener },
  signal: AbortSignal,
): Promise<void> {
  const response = await open(`v1/jobs/${own.job}/events?stream=deltas`, signal);
  liveState.set('live');
  for await (const event of eventsOf(response)) {
    own.listener(event);
    if (event.type !== 'stream.ended') continue;
    if (followed === own) followed = undefined;
    return;
  }
  throw new Error('The stream ended.');
}

async function open(path: string, signal: AbortSignal): Promise<Response> {
  const response = await send(new URL(path, document.baseURI), { signal });
  if (!response.ok) throw await errorOf(response);
  return response;
}

function eventsOf({ body }: Response): AsyncIterable<ServerEvent> {
  if (body === null) throw new Error('There is no stream.');
  return readEvents(body);
}

function rest(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function whenVisible(): Promise<void> {
  if (!document.hidden) return Promise.resolve();
  return new Promise((resolve) => {
    document.addEventListener('visibilitychange', () => resolve(), { once: true });
  });
}
