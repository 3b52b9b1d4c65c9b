import {
  AgentName,
  ConversationId,
  type JobList,
  JobStatus,
  ScheduleId,
  User,
} from '@pawl/contracts';
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
  agent: AgentName.optional(),
  /** Sent as `metadata[key]=value`, once for each pair. */
  metadata: z
    .record(z.string().min(1).max(64), z.string().max(512))
    .refine((pairs) => Object.keys(pairs).length <= 5, 'must have at most 5 pairs')
    .optional(),
  tool: z.string().min(1).max(256).optional(),
  error_code: z
    .string()
    .regex(/^[a-z0-9_]{1,64}$/, 'must be a code such as model_failed')
    .optional(),
  /** Stands in the prompt, whatever the case, or is the id. */
  q: z.string().min(1).max(200).optional(),
  created_from: z.iso.datetime({ offset: true }).optional(),
  created_to: z.iso.datetime({ offset: true }).optional(),
  limit: wholeNumber({ minimum: 1, maximum: 100 }).default(20),
  cursor: z.string().min(1).max(1_000).optional(),
});

/** `GET /v1/jobs`, newest first. */
export function listJobs(gateway: Gateway): TenantHandler {
  return async (request, response, tenant) => {
    const query = parseInput(ListJobsQuery, withMetadata(request.query));
    if (query.conversation !== undefined) {
      await findConversation(gateway, { id: query.conversation, tenant });
    }
    if (query.schedule !== undefined) await findSchedule(gateway, { id: query.schedule, tenant });
    const { jobs, nextCursor } = await readPage(gateway, {
      ...query,
      tenant,
      errorCode: query.error_code,
      text: query.q,
      createdFrom: timeOf(query.created_from),
      createdTo: timeOf(query.created_to),
    });
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

/** `metadata[key]=value` as OpenAPI's style `deepObject` has it. */
function withMetadata(query: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const others: [string, unknown][] = [];
  const metadata: [string, unknown][] = [];
  for (const [name, value] of Object.entries(query)) {
    const key = /^metadata\[(.*)\]$/s.exec(name)?.[1];
    if (key === undefined) others.push([name, value]);
    else metadata.push([key, value]);
  }
  if (metadata.length > 0) others.push(['metadata', Object.fromEntries(metadata)]);
  return Object.fromEntries(others);
}

function timeOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Date.parse(text);
}
