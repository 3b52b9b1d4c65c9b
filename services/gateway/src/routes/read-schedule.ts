import type { Gateway } from '../gateway.ts';
import type { TenantHandler } from '../http/authenticate.ts';
import { notFound } from '../http/problem-error.ts';
import { withoutInput } from '../http/without-input.ts';
import { showSchedule } from '../present/show-schedule.ts';
import { findSchedule } from './find-schedule.ts';

/** `GET /v1/schedules/{id}`. */
export function readSchedule(gateway: Gateway): TenantHandler {
  return withoutInput(async (request, response, tenant) => {
    const schedule = await findSchedule(gateway, { id: request.params['id'], tenant });
    const shown = await showSchedule(gateway, schedule);
    if (shown === undefined) throw notFound(`schedule ${schedule.id}`);
    response.json(shown);
  });
}
