import type { Job, JobList, JobStep, JobStepList } from '@pawl/contracts';
import { queryOptions } from '@tanstack/react-query';
import { queryOf, request } from './request.ts';

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

export function listJobs(
  filter: JobFilter,
  { limit = 100, cursor, signal }: { limit?: number; cursor?: string; signal?: AbortSignal } = {},
): Promise<JobList> {
  const { metadata, ...others } = filter;
  const [key, ...value] = (metadata ?? '').split('=');
  const query = queryOf({
    ...others,
    ...(metadata !== undefined && { [`metadata[${key}]`]: value.join('=') }),
    limit,
    cursor,
  });
  return request(`v1/jobs${query}`, signal === undefined ? {} : { signal });
}

export const jobQuery = (id: string) =>
  queryOptions({
    queryKey: ['job', id],
    queryFn: ({ signal }) => request<Job>(`v1/jobs/${id}`, { signal }),
  });

/** Pages end after 1 MiB: all of them, as long as they are not too many to show. */
export const stepsQuery = (id: string) =>
  queryOptions({
    queryKey: ['job', id, 'steps'],
    queryFn: ({ signal }) => listSteps(id, signal),
  });

export interface Steps {
  readonly steps: readonly JobStep[];
  /** True: there are more than were read. */
  readonly isCut: boolean;
}

/** At most so many pages: 24 MiB of steps are no help to anybody who looks. */
const mostPages = 24;

async function listSteps(id: string, signal: AbortSignal): Promise<Steps> {
  const steps: JobStep[] = [];
  let cursor: string | null | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const query = queryOf({ limit: 1_000, cursor: cursor ?? undefined });
    const list = await request<JobStepList>(`v1/jobs/${id}/steps${query}`, { signal });
    steps.push(...list.data);
    cursor = list.next_cursor;
    if (cursor === null) return { steps, isCut: false };
  }
  return { steps, isCut: true };
}

export const cancelJob = (id: string) => request<Job>(`v1/jobs/${id}/cancel`, { method: 'POST' });

export const retryJob = (id: string, limits?: object) =>
  request<Job>(`v1/jobs/${id}/retry`, {
    method: 'POST',
    ...(limits !== undefined && { body: { limits } }),
  });

export const eraseJob = (id: string) => request<undefined>(`v1/jobs/${id}`, { method: 'DELETE' });
