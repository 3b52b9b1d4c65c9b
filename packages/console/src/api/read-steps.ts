import type { JobStep, Page } from '@pawl/client';

/** What was read of a job's steps. */
export interface Steps {
  readonly steps: readonly JobStep[];
  /** True: there are more than were read. */
  readonly isCut: boolean;
  /** Where each page began: its cursor, and the number of steps before it. */
  readonly pages: readonly { readonly cursor: string | undefined; readonly from: number }[];
}

/** At most so many pages: 24 MiB of steps are no help to anybody who looks. */
const mostPages = 24;

/**
 * Reads all steps, or only the pages that may have changed since they were read before: those from the first step on that
 * was not done then. A job with large outputs is not read whole at each of its events.
 */
export async function readSteps(
  read: (cursor: string | undefined) => Promise<Page<JobStep>>,
  before?: Steps,
): Promise<Steps> {
  const kept = before === undefined ? [] : donePages(before);
  const first = before?.pages[kept.length] ?? { cursor: undefined, from: 0 };
  const pages = [...kept, first];
  const steps = before?.steps.slice(0, first.from) ?? [];
  for (let { cursor } = first; ;) {
    const { data, next_cursor: next } = await read(cursor);
    steps.push(...data);
    if (next === null) return { steps, isCut: false, pages };
    if (pages.length >= mostPages) return { steps, isCut: true, pages };
    cursor = next;
    pages.push({ cursor, from: steps.length });
  }
}

/** The pages before the one that has the first step which is not done, or where the next one will be. */
function donePages({ steps, pages }: Steps): Steps['pages'] {
  const open = steps.findIndex(({ status }) => !done.has(status));
  const firstOpen = open === -1 ? steps.length : open;
  const place = pages.findLastIndex(({ from }) => from <= firstOpen);
  return pages.slice(0, Math.max(0, place));
}

/** What a step stays at while its job goes on. */
const done: ReadonlySet<JobStep['status']> = new Set([
  'completed',
  'succeeded',
  'refused',
  'not_run',
]);
