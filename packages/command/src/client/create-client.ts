import { randomUUID } from 'node:crypto';
import {
  ConversationMessageList,
  Job,
  JobList,
  type JobRequestInput,
  type JobStatus,
  JobStepList,
  LimitsResource,
  type TenantLimitsInput,
  UsageList,
} from '@pawl/contracts';
import type { z } from 'zod';
import { exchange, type GatewayAddress, readAnswer, type Request } from './exchange.ts';
import { gatewayAddress, type GatewaySettings } from './gateway-address.ts';
import { checkReadiness, type Readiness } from './readiness.ts';
import { defaultRetrySettings, retryIdempotent, type RetrySettings } from './retry-idempotent.ts';
import { streamEvents, type StreamedEvent, type StreamEventsOptions } from './stream-events.ts';

export interface PawlClientSettings extends GatewaySettings {
  readonly retry?: RetrySettings;
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface CreateJobOptions extends CallOptions {
  /** The same key and body answer the first job again. Absent: a random one for this call and its retries. */
  readonly idempotencyKey?: string | undefined;
}

export interface GetJobOptions extends CallOptions {
  /** Seconds, 1 to 60: answer when the job ends or needs action, at the latest after this time. */
  readonly wait?: number | undefined;
  /** With `wait`: answer as soon as the job's `sequence` is past this one. */
  readonly after?: number | undefined;
}

export interface PageOptions extends CallOptions {
  readonly limit?: number | undefined;
  /** The `next_cursor` of the page before. */
  readonly cursor?: string | undefined;
}

export interface ListJobsOptions extends PageOptions {
  readonly status?: JobStatus | undefined;
  readonly user?: string | undefined;
  readonly conversation?: string | undefined;
  readonly schedule?: string | undefined;
}

export interface GetLimitsOptions extends CallOptions {
  /** Shows what counts against the limits of this user, too. */
  readonly user?: string | undefined;
}

export interface ListUsageOptions extends PageOptions {
  readonly user?: string | undefined;
  readonly model?: string | undefined;
  /** First and last day (UTC), such as 2026-11-26. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/**
 * Pawl's HTTP API. Every method throws PawlApiError when the gateway answers with an error, PawlConnectionError
 * when it does not answer, PawlAnswerError when its answer breaks the contract, and the signal's reason when aborted.
 */
export interface PawlClient {
  createJob(request: JobRequestInput, options?: CreateJobOptions): Promise<Job>;
  getJob(job: string, options?: GetJobOptions): Promise<Job>;
  cancelJob(job: string, options?: CallOptions): Promise<Job>;
  listJobs(options?: ListJobsOptions): Promise<JobList>;
  /** What happens to the job until it has ended, over lost connections: see {@link streamEvents}. */
  streamEvents(job: string, options?: StreamEventsOptions): AsyncGenerator<StreamedEvent>;
  listSteps(job: string, options?: PageOptions): Promise<JobStepList>;
  listMessages(conversation: string, options?: PageOptions): Promise<ConversationMessageList>;
  getLimits(options?: GetLimitsOptions): Promise<LimitsResource>;
  /** Replaces what the tenant has set of its own; it can only be stricter than what the operator allows. */
  replaceLimits(limits: TenantLimitsInput, options?: CallOptions): Promise<LimitsResource>;
  listUsage(options?: ListUsageOptions): Promise<UsageList>;
  readiness(options?: CallOptions): Promise<Readiness>;
}

const TIME_LIMIT_MILLISECONDS = 30_000;

/**
 * A client of one gateway. Every method has the same effect however often it arrives (creating a job carries an
 * Idempotency-Key), and so is repeated on 503 and on lost connections.
 *
 * @throws TypeError if the address or the key cannot be used.
 */
export function createPawlClient(settings: PawlClientSettings): PawlClient {
  const address: GatewayAddress = gatewayAddress(settings);
  const retry = settings.retry ?? defaultRetrySettings;

  function repeatable<Schema extends z.ZodType>(request: Request, schema: Schema) {
    const attempt = async () => readAnswer(await exchange(address, request), schema, Date.now());
    return retryIdempotent(attempt, retry, request.signal);
  }
  function get<Schema extends z.ZodType>(
    schema: Schema,
    request: Pick<Request, 'path' | 'query' | 'signal'>,
    waitSeconds = 0,
  ) {
    const timeLimitMilliseconds = TIME_LIMIT_MILLISECONDS + waitSeconds * 1000;
    return repeatable({ ...request, method: 'GET', timeLimitMilliseconds }, schema);
  }

  return {
    createJob: (body, { idempotencyKey = randomUUID(), signal } = {}) =>
      repeatable(
        {
          method: 'POST',
          path: 'v1/jobs',
          body,
          idempotencyKey,
          timeLimitMilliseconds: TIME_LIMIT_MILLISECONDS,
          signal,
        },
        Job,
      ),
    getJob: (job, { signal, ...query } = {}) =>
      get(Job, { path: jobPath(job), query, signal }, query.wait),
    cancelJob: (job, { signal } = {}) =>
      repeatable(
        {
          method: 'POST',
          path: `${jobPath(job)}/cancel`,
          timeLimitMilliseconds: TIME_LIMIT_MILLISECONDS,
          signal,
        },
        Job,
      ),
    listJobs: ({ signal, ...query } = {}) => get(JobList, { path: 'v1/jobs', query, signal }),
    streamEvents: (job, options = {}) => streamEvents(address, job, { ...options, retry }),
    listSteps: (job, { signal, ...query } = {}) =>
      get(JobStepList, { path: `${jobPath(job)}/steps`, query, signal }),
    listMessages: (conversation, { signal, ...query } = {}) =>
      get(ConversationMessageList, {
        path: `v1/conversations/${encodeURIComponent(conversation)}/messages`,
        query,
        signal,
      }),
    getLimits: ({ signal, ...query } = {}) =>
      get(LimitsResource, { path: 'v1/limits', query, signal }),
    replaceLimits: (body, { signal } = {}) =>
      repeatable(
        {
          method: 'PUT',
          path: 'v1/limits',
          body,
          timeLimitMilliseconds: TIME_LIMIT_MILLISECONDS,
          signal,
        },
        LimitsResource,
      ),
    listUsage: ({ signal, ...query } = {}) => get(UsageList, { path: 'v1/usage', query, signal }),
    readiness: ({ signal } = {}) => checkReadiness(address, signal),
  };
}

function jobPath(job: string): string {
  return `v1/jobs/${encodeURIComponent(job)}`;
}
