import { deleteSchedule as remove } from '@pawl/engine';
import type { Gateway } from '../gateway.ts';
import type { TenantHandler } from '../http/authenticate.ts';
import { notFound } from '../http/problem-error.ts';
import { withoutInput } from '../http/without-input.ts';
import { findSchedule } from './find-schedule.ts';

/** `DELETE /v1/schedules/{id}`: no slot fires from now on; the jobs that it has posted go on, and stay. */
export function deleteSchedule(gateway: Gateway): TenantHandler {
  return withoutInput(async (request, response, tenant) => {
    const { id } = await findSchedule(gateway, { id: request.params['id'], tenant });
    if (!(await remove(gateway.engine, id))) throw notFound(`schedule ${id}`);
    response.status(204).end();
  });
}
