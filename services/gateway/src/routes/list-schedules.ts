import { type ScheduleList, User } from '@pawl/contracts';
import { InvalidCursorError } from '@pawl/store';
import { z } from 'zod';
import type { Gateway } from '../gateway.ts';
import type { TenantHandler } from '../http/authenticate.ts';
import { parseInput } from '../http/parse-input.ts';
import { invalidCursor, wholeNumber } from '../http/query.ts';
import { viewOfSchedule } from '../views.ts';

export const ListSchedulesQuery = z.strictObject({
  user: User.optional(),
  limit: wholeNumber({ minimum: 1, maximum: 100 }).default(20),
  cursor: z.string().min(1).max(1_000).optional(),
});

/** `GET /v1/schedules`, newest first. */
export function listSchedules(gateway: Gateway): TenantHandler {
  return async (request, response, tenant) => {
    const query = parseInput(ListSchedulesQuery, request.query);
    const { items, nextCursor } = await gateway.engine.store
      .listSchedules({ ...query, tenant }, (schedule) => viewOfSchedule(gateway, schedule))
      .catch((error: unknown) => {
        throw error instanceof InvalidCursorError ? invalidCursor() : error;
      });
    const list: ScheduleList = {
      object: 'list',
      data: items,
      next_cursor: nextCursor,
    };
    response.json(list);
  };
}
