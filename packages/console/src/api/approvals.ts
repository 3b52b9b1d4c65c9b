import { client } from './client.ts';
import { pagesOf } from './pages.ts';

/** What waits for a person. */
export const approvalPages = pagesOf(['approvals'], (page) =>
  client.approvals.list({ status: 'pending', ...page }),
);

/** Jobs that wait for a person: some for an account. */
export const waitingJobPages = pagesOf(['jobs', 'waiting'], (page) =>
  client.jobs.list({ status: 'requires_action', ...page }),
);
