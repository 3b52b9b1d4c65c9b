import type { Job, Page } from '@pawl/client';
import { type JobFilter, listJobs } from '../../api/jobs.ts';
import { listenToAllJobs, liveState } from '../../live/live-events.ts';
import { createStore, type Store } from '../../live/store.ts';
import { type JobRow, rowAfter, rowOf } from './job-row.ts';

interface JobListState {
  readonly rows: readonly JobRow[];
  readonly isLoading: boolean;
  readonly isEnd: boolean;
  readonly error: Error | undefined;
}

/** Rows that were read together, and where the next ones begin. */
interface RowPage {
  readonly rows: readonly JobRow[];
  readonly next: string | null;
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
  /** Reads the next page, if there is one and none is being read. */
  readMore(): void;
  /** Reads the first page again. */
  refresh(): void;
  /** False: somebody has scrolled down, and what was read stays. */
  setAtTop(isAtTop: boolean): void;
  stop(): void;
}

export function startJobList(filter: JobFilter): LiveJobList {
  const state = createStore<JobListState>({
    rows: [],
    isLoading: true,
    isEnd: false,
    error: undefined,
  });
  const abort = new AbortController();
  let pages: readonly RowPage[] = [];
  let isReading = false;
  let isAtTop = true;
  /** Something has happened since the first page was read. */
  let isStale = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const show = (error?: Error) => {
    state.set({
      rows: pages.flatMap(({ rows }) => rows),
      isLoading: false,
      isEnd: pages.length > 0 && pages.at(-1)?.next === null,
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
    const next = pages.at(-1)?.next;
    if (typeof next !== 'string') return;
    void read(next, (list) => {
      const known = new Set(pages.flatMap(({ rows }) => rows.map(({ id }) => id)));
      const rows = list.data.map(rowOf).filter(({ id }) => !known.has(id));
      pages = [...pages, { rows, next: list.next_cursor }];
    });
  };
  const readFirst = () => {
    isStale = false;
    void read(undefined, (list) => {
      pages = withFirst(pages, { rows: list.data.map(rowOf), next: list.next_cursor });
      if (isAtTop) pages = pages.slice(0, keptPages);
    });
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
    const place = pages.findIndex(({ rows }) => rows.some(({ id }) => id === job));
    // Of a job that is not shown nothing changes: a hundred thousand rows are not put together again for it.
    if (place >= 0) {
      const rowsOfPage = (page: RowPage) =>
        page.rows.map((row) => (row.id === job ? rowAfter(row, type, at) : row));
      pages = pages.map((page, index) =>
        index === place ? { ...page, rows: rowsOfPage(page) } : page,
      );
      show(state.get().error);
    }
    readSoon();
  });
  const poll = setInterval(() => {
    if (liveState.get() !== 'live' && !document.hidden && isAtTop) readFirst();
  }, pollInterval);
  readFirst();
  return {
    state,
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

/**
 * The pages with what is first now. Where it reaches what was read before, the rest stays; else there may be jobs
 * between, and the list begins anew.
 */
function withFirst(pages: readonly RowPage[], first: RowPage): readonly RowPage[] {
  const fresh = new Set(first.rows.map(({ id }) => id));
  const rest = pages
    .map((page) => ({ ...page, rows: page.rows.filter(({ id }) => !fresh.has(id)) }))
    .filter(({ rows, next }) => rows.length > 0 || next === null);
  const before = pages.flatMap(({ rows }) => rows);
  const reaches = before.some(({ id }) => fresh.has(id));
  if (!reaches || first.next === null) return [first];
  const oldest = first.rows.at(-1)?.createdAt ?? '';
  // What is newer than the last of the first page and not among it does not fit the filter any more.
  const below = rest.map((page) => ({
    ...page,
    rows: page.rows.filter(({ createdAt }) => createdAt <= oldest),
  }));
  return below.length === 0 ? [first] : [first, ...below];
}
