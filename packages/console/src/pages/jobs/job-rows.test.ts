import { describe, expect, test } from 'vitest';
import { rowAfter, type JobRow } from './job-row.ts';
import { createJobRows } from './job-rows.ts';

const pageSize = 100;
const newest = Date.UTC(2026, 0, 1);

/** The row of the job that was made that many seconds before the newest. */
function row(age: number, status = 'queued'): JobRow {
  return {
    id: `job_${age}`,
    status,
    prompt: `Answer mail ${age}`,
    user: 'mara',
    agent: null,
    turns: 0,
    toolCalls: 0,
    costUsd: 0,
    createdAt: new Date(newest - age * 1_000).toISOString(),
    startedAt: null,
    finishedAt: null,
    sequence: 0,
  };
}

/** The jobs of these ages, as one page. */
function page(from: number, to: number, next: string | null = `after ${to}`) {
  return { rows: Array.from({ length: to - from + 1 }, (_, place) => row(from + place)), next };
}

/** The rows of that many pages. */
function rowsOf(pages: number) {
  const rows = createJobRows();
  for (let place = 0; place < pages; place += 1) {
    rows.append(page(place * pageSize, place * pageSize + pageSize - 1));
  }
  return rows;
}

const idsOf = (rows: ReturnType<typeof createJobRows>) =>
  Array.from({ length: rows.length }, (_, place) => rows.shown().at(place)?.id);
const ids = (ages: readonly number[]) => ages.map((age) => `job_${age}`);
const ages = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, place) => from + place);

describe('a hundred thousand rows', () => {
  const total = 100_000;

  test('are read page by page, and each is in its place', () => {
    const rows = rowsOf(total / pageSize);
    const shown = rows.shown();
    expect(shown.length).toBe(total);
    for (const place of [0, 99, 100, 54_321, total - 1]) {
      expect(shown.at(place)?.id).toBe(`job_${place}`);
    }
    expect(shown.at(total)).toBeUndefined();
    expect(rows.next).toBe(`after ${total - 1}`);
  });

  test('are not read again when a page is added or a row changes', () => {
    let read = 0;
    const like = row(0);
    const watched = (age: number): JobRow => ({
      ...like,
      get id() {
        read += 1;
        return `job_${age}`;
      },
    });
    const rows = createJobRows();
    rows.append({ rows: ages(0, total - 1).map(watched), next: 'after' });
    read = 0;
    rows.append(page(total, total + pageSize - 1));
    rows.change(`job_${total + 5}`, (old) => rowAfter(old, 'job.started', row(0).createdAt));
    rows.shown();
    expect(read).toBe(0);
    expect(rows.length).toBe(total + pageSize);
  });

  test('change one by one with the events of their jobs', () => {
    const rows = rowsOf(total / pageSize);
    const before = rows.shown();
    const untouched = before.at(54_320);
    for (let age = 1; age < total; age += 10) {
      expect(rows.change(`job_${age}`, (old) => rowAfter(old, 'job.started', 'now'))).toBe(true);
    }
    expect(rows.shown()).not.toBe(before);
    expect(rows.shown().at(54_321)).toMatchObject({ status: 'in_progress', startedAt: 'now' });
    expect(rows.get('job_54321')?.status).toBe('in_progress');
    expect(rows.shown().at(54_320)).toBe(untouched);
    expect(rows.length).toBe(total);
  });
});

test('an event about a job that is not shown, or that changes nothing, is no change', () => {
  const rows = rowsOf(1);
  expect(rows.change('job_100', (old) => rowAfter(old, 'job.started', 'now'))).toBe(false);
  expect(rows.change('job_1', (old) => rowAfter(old, 'turn.completed', 'now'))).toBe(false);
});

test('a row that comes twice, since jobs moved between two pages, is shown once', () => {
  const rows = createJobRows();
  rows.append(page(0, 4));
  rows.append(page(3, 8, null));
  expect(idsOf(rows)).toEqual(ids(ages(0, 8)));
  expect(rows.next).toBeNull();
});

test('what was shown before a page came stays as long as it was', () => {
  const rows = rowsOf(1);
  const before = rows.shown();
  rows.append(page(100, 199));
  expect([before.length, before.at(100)]).toEqual([100, undefined]);
  expect(rows.shown().length).toBe(200);
});

describe('the first page, read again', () => {
  test('goes above what was read, and the list goes on where it went on', () => {
    const rows = createJobRows();
    rows.append(page(10, 14));
    rows.append(page(15, 19));
    rows.putFirst(page(8, 12), Infinity);
    expect(idsOf(rows)).toEqual(ids(ages(8, 19)));
    expect(rows.next).toBe('after 19');
    expect(rows.get('job_19')).toBe(rows.shown().at(11));
  });

  test('keeps as many pages as are asked for', () => {
    const rows = rowsOf(10);
    rows.putFirst(page(0, 99), 3);
    expect([rows.length, rows.next]).toEqual([300, 'after 299']);
    expect(rows.get('job_300')).toBeUndefined();
  });

  test('takes out what does not fit the filter any more', () => {
    const rows = createJobRows();
    rows.append(page(0, 4));
    rows.append(page(5, 9, null));
    rows.putFirst({ rows: [row(0), row(2), row(4), row(5), row(6)], next: 'after 6' }, 3);
    expect(idsOf(rows)).toEqual(ids([0, 2, 4, 5, 6, 7, 8, 9]));
    expect(rows.next).toBeNull();
  });

  test('begins the list anew where it has nothing of what was read: another filter, or too many new jobs', () => {
    const rows = createJobRows();
    rows.append(page(100, 104));
    rows.putFirst(page(0, 4), 3);
    expect(idsOf(rows)).toEqual(ids(ages(0, 4)));
    expect(rows.next).toBe('after 4');
    expect(rows.get('job_100')).toBeUndefined();
  });

  test('is all there is where no page comes after it', () => {
    const rows = rowsOf(3);
    rows.putFirst(page(0, 4, null), 3);
    expect([rows.length, rows.next]).toEqual([5, null]);
  });
});
