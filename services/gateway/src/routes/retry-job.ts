import { type Limits, RetryRequest } from '@pawl/contracts';
import { reopenJob } from '@pawl/engine';
import type { Gateway } from '../gateway.ts';
import type { TenantHandler } from '../http/authenticate.ts';
import { limitProblem } from '../http/refusals.ts';
import { withoutQuery } from '../http/mount.ts';
import { parseInput } from '../http/parse-input.ts';
import { notFound, ProblemError } from '../http/problem.ts';
import { readOptionalBody } from '../http/read-body.ts';
import { viewOfJob } from '../views.ts';
import { findJob, findJobState } from './find.ts';

/** `POST /v1/jobs/{id}/retry`: a failed, incomplete or expired job goes on from the step that it had reached. */
export function retryJob(gateway: Gateway): TenantHandler {
  return withoutQuery(async (request, response, tenant) => {
    const reference = { id: request.params['id'], tenant, response };
    const job = await findJobState(gateway, reference);
    const { limits: given = {} } = parseInput(
      RetryRequest,
      await readOptionalBody(request, response),
    );
    const limits: Limits = { ...job.limits, ...definedOnly(given) };
    const outcome = await reopenJob(gateway.engine, job.id, { limits });
    switch (outcome.kind) {
      case 'reopened':
        response.status(202).json(viewOfJob(gateway, await findJob(gateway, reference)));
        return;
      case 'refused':
        throw new ProblemError(
          'job_not_reopenable',
          `Job ${job.id} can't be retried: ${outcome.reason}.`,
        );
      case 'limited':
        throw new ProblemError(
          'job_not_reopenable',
          `Job ${job.id} has used up its limit of ${outcome.limit}: retry it with a higher one in limits.`,
        );
      case 'no_room':
        throw limitProblem(outcome.reached, gateway.engine.now());
      case 'unknown_job':
        throw notFound(`job ${job.id}`);
    }
  });
}

function definedOnly(limits: NonNullable<RetryRequest['limits']>): Partial<Limits> {
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
}
