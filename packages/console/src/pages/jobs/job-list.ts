import type { Job, Page } from '@pawl/client';
import { type JobFilter, listJobs } from '../../api/jobs.ts';
import { listenToAllJobs, liveState } from '../../live/live-events.ts';
import { createStore, type Store } from '../../live/store.ts';
import { type JobRow, rowAfter, rowOf } from './job-row.ts';
import { createJobRows, type JobRows } from './job-rows.ts';

interface JobListState {
  readonly rows: ReturnType<JobRows['shown']>;
  readonly isLoading: boolean;
  readonly isEnd: boolean;
  readonly error: Error | undefined;
}

const pageSize = 100;
/** Pages that are kept while only the newest jobs are looked at. */
const keptPages = 3;
const readAgainAfter = 500;
const pollInterval = 5_000;

/**
 * A list of jobs, newest first, read by cursors as far as somebody scrolls. Events change its rows at once; what is new is
 * read once events pause, from the first page only. It never reads anew what lies below.
 */
export interface LiveJobList {
  readonly state: Store<JobListState>;
  /** The row of a job, if it was read. */
  row(id: string): JobRow | undefined;
  /** Reads the next page, if there is one and none is being read. */
  readMore(): void;
  /** Reads the first page again. */
  refresh(): void;
  /** False: somebody has scrolled down, and what was read stays. */
  setAtTop(isAtTop: boolean): void;
  stop(): void;
}

export function startJobList(filter: JobFilter): LiveJobList {
  const rows = createJobRows();
  const state = createStore<JobListState>({
    rows: rows.shown(),
    isLoading: true,
    isEnd: false,
    error: undefined,
  });
  const abort = new AbortController();
  let isReading = false;
  let isAtTop = true;
  /** Something has happened since the first page was read. */
  let isStale = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const show = (error?: Error) => {
    state.set({
      rows: rows.shown(),
      isLoading: false,
      isEnd: rows.next === null,
      error,
    });
  };
  const read = async (cursor: string | undefined, take: (list: Page<Job>) => void) => {
    if (isReading) return;
    isReading = true;
    try {
      const options = { limit: pageSize, signal: abort.signal };
      const list = await listJobs(filter, cursor === undefined ? options : { ...options, cursor });
      take(list);
      show();
    } catch (error) {
      if (!abort.signal.aborted && error instanceof Error) show(error);
    } finally {
      isReading = false;
    }
  };
  const readMore = () => {
    const { next } = rows;
    if (typeof next !== 'string') return;
    void read(next, (list) => rows.append(pageOf(list)));
  };
  const readFirst = () => {
    isStale = false;
    void read(undefined, (list) => rows.putFirst(pageOf(list), isAtTop ? keptPages : Infinity));
  };
  const readSoon = () => {
    // What somebody reads further down must not move under their eyes.
    isStale = true;
    if (!isAtTop) return;
    timer ??= setTimeout(() => {
      timer = undefined;
      if (isReading) readSoon();
      else readFirst();
    }, readAgainAfter);
  };
  const stopListening = listenToAllJobs(({ type, data }) => {
    const { job, created_at: at } = data as { job?: string; created_at?: string };
    if (job === undefined || at === undefined) return;
    // Of a job that is not shown nothing changes.
    if (rows.change(job, (row) => rowAfter(row, type, at))) show(state.get().error);
    readSoon();
  });
  const poll = setInterval(() => {
    if (liveState.get() !== 'live' && !document.hidden && isAtTop) readFirst();
  }, pollInterval);
  readFirst();
  return {
    state,
    row: rows.get,
    readMore,
    refresh: readFirst,
    setAtTop(next) {
      isAtTop = next;
      if (isAtTop && isStale) readSoon();
    },
    stop() {
      stopListening();
      clearTimeout(timer);
      clearInterval(poll);
      abort.abort();
    },
  };
}

function pageOf({ data, next_cursor: next }: Page<Job>) {
  return { rows: data.map(rowOf), next };
}
