import { ModelName, type UsageList, User } from '@pawl/contracts';
import { InvalidCursorError, type UsageFilter, type UsagePage } from '@pawl/store';
import { z } from 'zod';
import type { Gateway } from '../gateway.ts';
import type { TenantHandler } from '../http/authenticate.ts';
import { parseInput } from '../http/parse-input.ts';
import { invalidField } from '../http/problem.ts';
import { invalidCursor, wholeNumber } from '../http/query.ts';

export const ListUsageQuery = z.strictObject({
  user: User.optional(),
  model: ModelName.optional(),
  from: z.iso.date().optional(),
  to: z.iso.date().optional(),
  limit: wholeNumber({ minimum: 1, maximum: 1_000 }).default(100),
  cursor: z.string().min(1).max(1_000).optional(),
});

const mostDays = 400;

/** `GET /v1/usage`: what model calls came to by user, day and model; by default in this month. */
export function listUsage(gateway: Gateway): TenantHandler {
  return async (request, response, tenant) => {
    const query = parseInput(ListUsageQuery, request.query);
    const today = new Date(gateway.engine.now()).toISOString().slice(0, 10);
    const { to = today } = query;
    const { from = `${to.slice(0, 7)}-01` } = query;
    if (from > to) throw invalidField('from', `must not be after ${to}`);
    if (Date.parse(to) - Date.parse(from) > mostDays * 86_400_000) {
      throw invalidField('from', `must be at most ${mostDays} days before ${to}`);
    }
    const { rows, nextCursor } = await readPage(gateway, { ...query, tenant, from, to });
    const list: UsageList = { object: 'list', data: [...rows], next_cursor: nextCursor };
    response.json(list);
  };
}

async function readPage({ engine: { store } }: Gateway, filter: UsageFilter): Promise<UsagePage> {
  try {
    return await store.listUsage(filter);
  } catch (error) {
    throw error instanceof InvalidCursorError ? invalidCursor() : error;
  }
}
