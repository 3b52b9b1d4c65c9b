import type { Job, JobRequest, JobStep, Page } from '@pawl/client';
import { queryOptions } from '@tanstack/react-query';
import { client } from './client.ts';
import { pagesOf } from './pages.ts';

/** What the list of jobs is narrowed to, as it stands in the address of the page. */
export interface JobFilter {
  readonly q?: string;
  readonly status?: string;
  readonly user?: string;
  readonly agent?: string;
  readonly tool?: string;
  readonly error_code?: string;
  /** `key=value` */
  readonly metadata?: string;
  readonly conversation?: string;
  readonly schedule?: string;
  readonly created_from?: string;
  readonly created_to?: string;
}

interface PageOptions {
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export function listJobs(
  { metadata, ...filter }: JobFilter,
  page: PageOptions,
): Promise<Page<Job>> {
  const [key = '', ...value] = (metadata ?? '').split('=');
  return client.jobs.list({
    ...(filter as object),
    ...(metadata !== undefined && { metadata: { [key]: value.join('=') } }),
    ...page,
  });
}

export const jobQuery = (id: string) =>
  queryOptions({
    queryKey: ['job', id],
    queryFn: ({ signal }) => client.jobs.get(id, { signal }),
  });

/** The newest jobs that fit a filter, a few at a time. */
export const recentJobPages = (filter: JobFilter) =>
  pagesOf(['jobs', filter], (page) => listJobs(filter, page), 20);

/** Pages end after 1 MiB: all of them, as long as they are not too many to show. */
export const stepsQuery = (id: string) =>
  queryOptions({
    queryKey: ['job', id, 'steps'],
    queryFn: ({ signal }) => listSteps(id, signal),
  });

interface Steps {
  readonly steps: readonly JobStep[];
  /** True: there are more than were read. */
  readonly isCut: boolean;
}

/** At most so many pages: 24 MiB of steps are no help to anybody who looks. */
const mostPages = 24;

async function listSteps(id: string, signal: AbortSignal): Promise<Steps> {
  const steps: JobStep[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const list = await client.jobs.steps(id, { limit: 1_000, cursor, signal });
    steps.push(...list.data);
    if (list.next_cursor === null) return { steps, isCut: false };
    cursor = list.next_cursor;
  }
  return { steps, isCut: true };
}

export const createJob = (request: JobRequest) => client.jobs.create(request);
