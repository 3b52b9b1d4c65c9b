import type { Job, JobDetail, JobRequest, Page } from '@pawl/client';
import { queryOptions } from '@tanstack/react-query';
import { client } from './client.ts';
import { pagesOf } from './pages.ts';
import { readSteps, type Steps } from './read-steps.ts';

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
  queryOptions<Steps>({
    queryKey: ['job', id, 'steps'],
    queryFn: ({ signal, client: queries }) => {
      const before = queries.getQueryData<Steps>(['job', id, 'steps']);
      const job = queries.getQueryData<JobDetail>(jobQuery(id).queryKey);
      const read = (cursor: string | undefined) =>
        client.jobs.steps(id, { limit: 1_000, cursor, signal });
      // Once it has ended, whatever has come too late is read too.
      return readSteps(read, job?.finished_at === null ? before : undefined);
    },
  });

export const createJob = (request: JobRequest) => client.jobs.create(request);
