import type { JobRequest, JsonObject, ScheduledJob, ScheduledJobRequest } from '@pawl/contracts';
import { unknownOutcomePolicy } from '@pawl/engine';
import type { Gateway } from '../gateway.ts';
import { ProblemError } from '../http/problem.ts';
import { checkConnections } from './check-connections.ts';
import { checkUser, completeRequest, findOwner, shardOfRequest } from './complete-request.ts';
import { resolveWebhook } from './resolve-webhook.ts';

/** A schedule's job as one that is posted now. */
function asJobRequest(job: ScheduledJobRequest): JobRequest {
  return { ...job, when_busy: 'queue' };
}

/** For whom a schedule works, and which conversation it continues, if any. */
export interface ScheduleOwner {
  readonly user: string;
  readonly conversation: string | undefined;
}

/** @throws ProblemError when the job names nobody, or somebody else's conversation. */
export async function scheduleOwner(
  gateway: Gateway,
  { job, tenant, schedule }: { job: ScheduledJobRequest; tenant: string; schedule: string },
): Promise<ScheduleOwner> {
  const body = asJobRequest(job);
  const { user } = await inJob(() => findOwner(gateway, { body, tenant, job: schedule }));
  return { user, conversation: job.conversation };
}

/** The shard that holds a schedule: its user's. */
export function shardOfSchedule(
  gateway: Gateway,
  job: ScheduledJobRequest,
  tenant: string,
): Promise<number> {
  return inJob(() => shardOfRequest(gateway, asJobRequest(job), tenant));
}

/**
 * What a schedule posts, with today's defaults filled in: what it does tomorrow does not change with the environment.
 *
 * @throws ProblemError for what would be refused of a job, its fields named as `job.…`.
 */
export async function completeScheduledJob(
  gateway: Gateway,
  { job, given, tenant }: { job: ScheduledJobRequest; given: JsonObject; tenant: string },
): Promise<ScheduledJob> {
  return inJob(async () => {
    if (job.user !== undefined) checkUser(job.user);
    const completed = await completeRequest(gateway, asJobRequest(job), tenant);
    const { request, limits, agent } = completed;
    await checkConnections(gateway.tools, request.connections, job.connections);
    const webhook = await resolveWebhook(gateway, job.webhook, tenant);
    const trace = gateway.tracing?.current();
    return {
      body: given,
      ...(trace === undefined ? {} : { trace }),
      ...(agent !== undefined && { agent, defaults: defaultsOf(gateway) }),
      request,
      limits,
      onUnknownOutcome: unknownOutcomePolicy(job.on_unknown_outcome),
      priority: job.priority,
      ...(webhook === undefined ? {} : { webhook }),
    };
  });
}

function defaultsOf({ settings: { defaults } }: Gateway): NonNullable<ScheduledJob['defaults']> {
  const { connections, model, instructions } = defaults;
  return { connections: [...connections], instructions, ...(model !== undefined && { model }) };
}

/** Problems of the job's own fields are told as fields of `job`. */
async function inJob<Result>(check: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await check();
  } catch (error) {
    if (!(error instanceof ProblemError) || error.invalidFields.length === 0) throw error;
    const invalidFields = error.invalidFields.map(({ path, message }) => ({
      path: `job.${path}`,
      message,
    }));
    const [first] = error.invalidFields;
    const startsWithPath = first !== undefined && error.message.startsWith(`${first.path} `);
    const detail = startsWithPath ? `job.${error.message}` : error.message;
    throw new ProblemError(error.code, detail, { invalidFields, headers: error.headers });
  }
}
