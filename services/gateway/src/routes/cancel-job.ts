import type { JobState } from '@pawl/contracts';
import { cancelJob as cancel } from '@pawl/engine';
import type { Gateway } from '../gateway.ts';
import type { TenantHandler } from '../http/authenticate.ts';
import { withoutInput } from '../http/mount.ts';
import { ProblemError } from '../http/problem.ts';
import { viewOfJob } from '../views.ts';
import { findJob, findJobState } from './find.ts';

/** `POST /v1/jobs/{id}/cancel`: may be repeated. */
export function cancelJob(gateway: Gateway): TenantHandler {
  return withoutInput(async (request, response, tenant) => {
    const reference = { id: request.params['id'], tenant, response };
    const job = await findJobState(gateway, reference);
    const cancelled = await cancel(gateway.engine, job.id, 'api');
    const parts = await findJob(gateway, reference);
    if (!cancelled && !isCancelled(parts.job)) throw ended(parts.job);
    response.json(viewOfJob(gateway, parts));
  });
}

function isCancelled({ phase }: JobState): boolean {
  return phase.name === 'ended' && phase.ending.status === 'cancelled';
}

function ended({ id, phase }: JobState): ProblemError {
  const status = phase.name === 'ended' ? phase.ending.status : 'running';
  return new ProblemError('job_ended', `Job ${id} is ${status}: it can't be cancelled any more.`);
}
