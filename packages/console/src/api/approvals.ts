import type { ApprovalList } from '@pawl/contracts';
import { queryOptions } from '@tanstack/react-query';
import { request } from './request.ts';

/** What waits for a person, the first hundred. */
export const approvalsQuery = queryOptions({
  queryKey: ['approvals'],
  queryFn: ({ signal }) =>
    request<ApprovalList>('v1/approvals?status=pending&limit=100', { signal }),
});
