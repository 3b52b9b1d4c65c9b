import { deleteSchedule as remove } from '@pawl/engine';
import type { Gateway } from '../gateway.ts';
import type { TenantHandler } from '../http/authenticate.ts';
import { withoutInput } from '../http/mount.ts';
import { notFound } from '../http/problem.ts';
import { viewOfSchedule } from '../views.ts';
import { findSchedule } from './find.ts';

/** `GET /v1/schedules/{id}`. */
export function readSchedule(gateway: Gateway): TenantHandler {
  return withoutInput(async (request, response, tenant) => {
    const schedule = await findSchedule(gateway, { id: request.params['id'], tenant });
    const shown = await viewOfSchedule(gateway, schedule);
    if (shown === undefined) throw notFound(`schedule ${schedule.id}`);
    response.json(shown);
  });
}

/** `DELETE /v1/schedules/{id}`: no slot fires from now on; the jobs that it has posted go on, and stay. */
export function deleteSchedule(gateway: Gateway): TenantHandler {
  return withoutInput(async (request, response, tenant) => {
    const { id } = await findSchedule(gateway, { id: request.params['id'], tenant });
    if (!(await remove(gateway.engine, id))) throw notFound(`schedule ${id}`);
    response.status(204).end();
  });
}
