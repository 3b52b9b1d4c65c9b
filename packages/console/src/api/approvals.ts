import { queryOptions } from '@tanstack/react-query';
import { client } from './client.ts';

/** What waits for a person, the first hundred. */
export const approvalsQuery = queryOptions({
  queryKey: ['approvals'],
  queryFn: ({ signal }) => client.approvals.list({ status: 'pending', limit: 100, signal }),
});

/** Jobs that wait for a person, the first hundred: some for an account. */
export const waitingJobsQuery = queryOptions({
  queryKey: ['jobs', 'waiting'],
  queryFn: ({ signal }) => client.jobs.list({ status: 'requires_action', limit: 100, signal }),
});
