import { newId, shardOfId } from '@pawl/contracts';
import { type JobParts, triggerSchedule as trigger } from '@pawl/engine';
import { idempotencyKeyOf, onceUnderKey } from '../admission/once-under-key.ts';
import type { Gateway } from '../gateway.ts';
import type { TenantHandler } from '../http/authenticate.ts';
import { limitProblem } from '../http/refusals.ts';
import { withoutInput } from '../http/mount.ts';
import { notFound, ProblemError } from '../http/problem.ts';
import { note } from '../http/request-log.ts';
import { viewOfJob } from '../views.ts';
import { findJob, findSchedule } from './find.ts';

/** `POST /v1/schedules/{id}/trigger`: posts the schedule's job now, whatever its clock and its overlap rule say. */
export function triggerSchedule(gateway: Gateway): TenantHandler {
  return withoutInput(async (request, response, tenant) => {
    const key = idempotencyKeyOf(request);
    const { id, conversation } = await findSchedule(gateway, { id: request.params['id'], tenant });
    const parts = await onceUnderKey<JobParts>(
      gateway,
      { tenant, key, body: { trigger: id } },
      {
        find: (job) => gateway.engine.store.readJobParts(job),
        make: async (underKey) => {
          const job = newId('job', shardOfId(id));
          const outcome = await trigger(gateway.engine, { schedule: id, job, underKey });
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
            case 'limited':
              throw limitProblem(outcome.reached, gateway.engine.now());
            case 'key_taken':
              return undefined;
            case 'admitted':
              return findJob(gateway, { id: job, tenant, response });
          }
        },
      },
    );
    const { id: job } = parts.job;
    note(response, { job });
    response.status(202).location(`/v1/jobs/${job}`).json(viewOfJob(gateway, parts));
  });
}
