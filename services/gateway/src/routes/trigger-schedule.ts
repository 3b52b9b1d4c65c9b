import { newId, shardOfId } from '@pawl/contracts';
import { triggerSchedule as trigger } from '@pawl/engine';
import { idempotencyKeyOf } from '../admission/idempotency-key.ts';
import { reserveJobId } from '../admission/reserve-job-id.ts';
import type { Gateway } from '../gateway.ts';
import type { TenantHandler } from '../http/authenticate.ts';
import { notFound, ProblemError } from '../http/problem-error.ts';
import { note } from '../http/request-facts.ts';
import { withoutInput } from '../http/without-input.ts';
import { showJob } from '../present/show-job.ts';
import { findJob } from './find-job.ts';
import { findSchedule } from './find-schedule.ts';

/** `POST /v1/schedules/{id}/trigger`: posts the schedule's job now, whatever its clock and its overlap rule say. */
export function triggerSchedule(gateway: Gateway): TenantHandler {
  return withoutInput(async (request, response, tenant) => {
    const key = idempotencyKeyOf(request);
    const { id, conversation } = await findSchedule(gateway, { id: request.params['id'], tenant });
    const job = await reserveJobId(gateway, {
      tenant,
      key,
      body: { trigger: id },
      job: newId('job', shardOfId(id)),
    });
    note(response, { job });
    const outcome = await trigger(gateway.engine, { schedule: id, job });
    switch (outcome.kind) {
      case 'unknown_schedule':
        throw notFound(`schedule ${id}`);
      case 'unknown_conversation':
        throw notFound(`conversation ${conversation}`);
      case 'busy':
      case 'full':
        throw new ProblemError(
          'conversation_full',
          `Conversation ${conversation} has too many jobs in line: wait until some have ended.`,
        );
      case 'admitted': {
        const parts = await findJob(gateway, { id: job, tenant, response });
        response.status(202).location(`/v1/jobs/${job}`).json(showJob(gateway, parts));
      }
    }
  });
}
