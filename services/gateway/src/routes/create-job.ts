import { JobRequest, newId } from '@pawl/contracts';
import { admit, type JobParts, type UnderKey, unknownOutcomePolicy } from '@pawl/engine';
import { checkConnections } from '../admission/check-connections.ts';
import {
  checkUser,
  completeRequest,
  findOwner,
  shardOfRequest,
  startTimeOf,
} from '../admission/complete-request.ts';
import { idempotencyKeyOf, onceUnderKey } from '../admission/once-under-key.ts';
import { patternWarnings } from '../admission/pattern-warnings.ts';
import { resolveWebhook } from '../admission/resolve-webhook.ts';
import type { Gateway } from '../gateway.ts';
import type { TenantHandler } from '../http/authenticate.ts';
import { limitProblem } from '../http/refusals.ts';
import { withoutQuery } from '../http/mount.ts';
import { parseInput } from '../http/parse-input.ts';
import { notFound, ProblemError } from '../http/problem.ts';
import { readBody } from '../http/read-body.ts';
import { note } from '../http/request-log.ts';
import { viewOfJob } from '../views.ts';

/** `POST /v1/jobs`: accepts a job with one atomic write. 202 means that it is committed. */
export function createJob(gateway: Gateway): TenantHandler {
  return withoutQuery(async (request, response, tenant) => {
    const key = idempotencyKeyOf(request);
    const json = await readBody(request, response);
    const body = parseInput(JobRequest, json);
    if (body.user !== undefined) checkUser(body.user);
    const startAt = startTimeOf(body, gateway.engine.now());
    const parts = await onceUnderKey<JobParts>(
      gateway,
      { tenant, key, body: json },
      {
        find: (id) => gateway.engine.store.readJobParts(id),
        make: (underKey) => {
          const id = newId('job', shardOfRequest(gateway, body, tenant));
          return admitJob(gateway, { id, body, startAt, tenant, underKey });
        },
      },
    );
    const { id } = parts.job;
    note(response, { job: id });
    const warnings = await patternWarnings(gateway, body, parts);
    response
      .status(202)
      .location(`/v1/jobs/${id}`)
      .json({ ...viewOfJob(gateway, parts), ...(warnings.length > 0 && { warnings }) });
  });
}

interface Candidate {
  readonly body: JobRequest;
  readonly startAt: number | undefined;
  readonly tenant: string;
  readonly id: string;
  readonly underKey: UnderKey | undefined;
}

/** Undefined: another request under the same Idempotency-Key was first. */
async function admitJob(gateway: Gateway, candidate: Candidate): Promise<JobParts | undefined> {
  const { body, startAt, tenant, id, underKey } = candidate;
  const { request, limits, agent } = await completeRequest(gateway, body, tenant);
  const owner = await findOwner(gateway, { body, tenant, job: id });
  await checkConnections(gateway.tools, request.connections, body.connections);
  const webhook = await resolveWebhook(gateway, body.webhook, tenant);
  const outcome = await admit(gateway.engine, {
    id,
    isNew: true,
    tenant,
    ...owner,
    request,
    agent,
    limits,
    onUnknownOutcome: unknownOutcomePolicy(body.on_unknown_outcome),
    webhook,
    priority: body.priority,
    ...(startAt === undefined ? {} : { startAt }),
    whenBusy: body.when_busy,
    underKey,
  });
  switch (outcome.kind) {
    case 'admitted':
      return { job: outcome.job, request };
    case 'key_taken':
      return undefined;
    case 'unknown_conversation':
      throw notFound(`conversation ${owner.conversation}`);
    case 'busy':
      throw new ProblemError(
        'conversation_busy',
        `Conversation ${owner.conversation} has a job that has not ended.`,
      );
    case 'full':
      throw new ProblemError(
        'conversation_full',
        `Conversation ${owner.conversation} has too many jobs in line: wait until some have ended.`,
      );
    case 'limited':
      throw limitProblem(outcome.reached, gateway.engine.now());
  }
}
