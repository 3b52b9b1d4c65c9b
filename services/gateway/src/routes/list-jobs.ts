import { ConversationId, type JobList, JobStatus, ScheduleId, User } from '@pawl/contracts';
import { InvalidCursorError, type JobFilter, type JobPage } from '@pawl/store';
import { z } from 'zod';
import type { Gateway } from '../gateway.ts';
import type { TenantHandler } from '../http/authenticate.ts';
import { parseInput } from '../http/parse-input.ts';
import { invalidCursor, wholeNumber } from '../http/query.ts';
import { viewOfJob } from '../views.ts';
import { findConversation, findSchedule } from './find.ts';

export const ListJobsQuery = z.strictObject({
  status: JobStatus.optional(),
  user: User.optional(),
  conversation: ConversationId.optional(),
  schedule: ScheduleId.optional(),
  limit: wholeNumber({ minimum: 1, maximum: 100 }).default(20),
  cursor: z.string().min(1).max(1_000).optional(),
});

/** `GET /v1/jobs`, newest first. */
export function listJobs(gateway: Gateway): TenantHandler {
  return async (request, response, tenant) => {
    const query = parseInput(ListJobsQuery, request.query);
    if (query.conversation !== undefined) {
      await findConversation(gateway, { id: query.conversation, tenant });
    }
    if (query.schedule !== undefined) await findSchedule(gateway, { id: query.schedule, tenant });
    const { jobs, nextCursor } = await readPage(gateway, { ...query, tenant });
    const list: JobList = {
      object: 'list',
      data: jobs.map((parts) => viewOfJob(gateway, parts)),
      next_cursor: nextCursor,
    };
    response.json(list);
  };
}

async function readPage({ engine: { store } }: Gateway, filter: JobFilter): Promise<JobPage> {
  try {
    return await store.listJobs(filter);
  } catch (error) {
    throw error instanceof InvalidCursorError ? invalidCursor() : error;
  }
}
