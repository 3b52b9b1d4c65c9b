import { type ApprovalList, ApprovalType, JobId, User } from '@pawl/contracts';
import { linksOf } from '@pawl/engine';
import { type ApprovalFilter, type ApprovalPage, InvalidCursorError } from '@pawl/store';
import { z } from 'zod';
import type { Gateway } from '../gateway.ts';
import type { TenantHandler } from '../http/authenticate.ts';
import { parseInput } from '../http/parse-input.ts';
import { invalidCursor, wholeNumber } from '../http/query.ts';

export const ListApprovalsQuery = z.strictObject({
  status: z.literal('pending').default('pending'),
  type: ApprovalType.optional(),
  job: JobId.optional(),
  user: User.optional(),
  limit: wholeNumber({ minimum: 1, maximum: 100 }).default(20),
  cursor: z.string().min(1).max(1_000).optional(),
});

/** `GET /v1/approvals`: the calls that wait for a person's word, newest first. */
export function listApprovals(gateway: Gateway): TenantHandler {
  return async (request, response, tenant) => {
    const { status: _, ...query } = parseInput(ListApprovalsQuery, request.query);
    const links = linksOf(gateway.publicUrl);
    const { approvals, nextCursor } = await readPage(gateway, { tenant, ...query, links });
    const list: ApprovalList = { object: 'list', data: approvals, next_cursor: nextCursor };
    response.json(list);
  };
}

async function readPage(
  { engine: { store } }: Gateway,
  page: ApprovalFilter,
): Promise<ApprovalPage> {
  try {
    return await store.listApprovals(page);
  } catch (error) {
    throw error instanceof InvalidCursorError ? invalidCursor() : error;
  }
}
