import type { JobRow } from './job-row.ts';

/** Rows by their places, as a table reads them. */
interface ShownRows {
  readonly length: number;
  at(index: number): JobRow | undefined;
}

/** Rows that were read together, and where the next ones begin. */
interface RowPage {
  readonly rows: readonly JobRow[];
  readonly next: string | null;
}

/** Where a page that was read ends among the rows, and where the next one begins. */
interface PageEnd {
  readonly end: number;
  readonly next: string | null;
}

/**
 * The rows that were read of a list, newest first. A page costs what the page has, and a change of a row costs that row,
 * however many rows there are. Only reading the first page anew puts them together again.
 */
export interface JobRows {
  readonly length: number;
  /** Where the next page begins; null: there is none; undefined: nothing was read. */
  readonly next: string | null | undefined;
  /** The row of a job, if it was read. */
  get(id: string): JobRow | undefined;
  /** What a table shows: a new value after each change, without a copy of the rows. */
  shown(): ShownRows;
  /** Adds what comes below all others. Rows that are there already are left out. */
  append(page: RowPage): void;
  /** Puts another row in the place of a job's row; false: there is none, or it stays the same. */
  change(id: string, change: (row: JobRow) => JobRow): boolean;
  /**
   * Puts what is first now above the rest. Where it reaches what was read before, the rest stays; else there may be jobs
   * between, and the list begins anew.
   *
   * @param mostPages how many pages stay
   */
  putFirst(page: RowPage, mostPages: number): void;
}

export function createJobRows(): JobRows {
  let rows: JobRow[] = [];
  let ends: PageEnd[] = [];
  const places = new Map<string, number>();

  const append = (page: RowPage) => {
    for (const row of page.rows) {
      if (places.has(row.id)) continue;
      places.set(row.id, rows.length);
      rows.push(row);
    }
    ends.push({ end: rows.length, next: page.next });
  };
  const pageAt = (index: number): RowPage => ({
    rows: rows.slice(ends[index - 1]?.end ?? 0, ends[index]?.end),
    next: ends[index]?.next ?? null,
  });
  return {
    get length() {
      return rows.length;
    },
    get next() {
      return ends.at(-1)?.next;
    },
    get(id) {
      const place = places.get(id);
      return place === undefined ? undefined : rows[place];
    },
    shown() {
      const current = rows;
      const { length } = current;
      return { length, at: (index) => (index < length ? current[index] : undefined) };
    },
    append,
    change(id, change) {
      const place = places.get(id);
      const row = place === undefined ? undefined : rows[place];
      if (place === undefined || row === undefined) return false;
      const changed = change(row);
      rows[place] = changed;
      return changed !== row;
    },
    putFirst(first, mostPages) {
      const reaches = first.next !== null && first.rows.some(({ id }) => places.has(id));
      // One page more than stays: the first may have all rows of one.
      const count = reaches ? Math.min(ends.length, mostPages + 1) : 0;
      const before = Array.from({ length: count }, (_, index) => pageAt(index));
      const oldest = first.rows.at(-1)?.createdAt ?? '';
      rows = [];
      ends = [];
      places.clear();
      append(first);
      for (const { rows: old, next } of before) {
        if (ends.length >= mostPages) break;
        // What is newer than the last of the first page and not among it does not fit the filter any more.
        const below = old.filter(({ id, createdAt }) => !places.has(id) && createdAt <= oldest);
        if (below.length > 0 || next === null) append({ rows: below, next });
      }
    },
  };
}
