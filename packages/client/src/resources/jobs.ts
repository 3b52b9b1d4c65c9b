import { list, type Listing } from '../pages.ts';
import type { Gateway } from '../request/gateway.ts';
import { pathOf } from '../request/operations.ts';
import type { CallOptions, KeyedCallOptions, OptionsOf, Send } from '../request/send.ts';
import { type EventStream, followEvents } from '../stream/follow.ts';
import type {
  AcceptedJob,
  Job,
  JobDetail,
  JobRequest,
  JobStep,
  JobStreamEvent,
  RetryRequest,
} from '../types.ts';
import { waitForJob, type WaitOptions } from './wait-for-job.ts';

export interface GetJobOptions extends CallOptions {
  /** Seconds, 1 to 60: answer when the job ends or needs action, at the latest after this time. */
  readonly wait?: number | undefined;
  /** With `wait`: answer as soon as the job's `sequence` is past this one. */
  readonly after?: number | undefined;
}

export interface StreamJobOptions extends CallOptions {
  /** The `id` of the last event that is known: what came afterwards follows. */
  readonly after?: number | string | undefined;
  /** True: the model's text too, as it comes. */
  readonly deltas?: boolean | undefined;
}

export interface Jobs {
  /** Posts a job. It is stored when this resolves; the request is repeated under one Idempotency-Key. */
  create(request: JobRequest, options?: KeyedCallOptions): Promise<AcceptedJob>;
  get(id: string, options?: GetJobOptions): Promise<JobDetail>;
  list(options?: OptionsOf<'listJobs'>): Listing<Job>;
  /** The job once it has ended or needs a person, over outages: see {@link WaitOptions}. */
  wait(id: string, options?: WaitOptions): Promise<JobDetail>;
  /** What happens to it until it has ended, over lost connections. Of what was missed nothing is left out. */
  stream(id: string, options?: StreamJobOptions): EventStream<JobStreamEvent>;
  cancel(id: string, options?: CallOptions): Promise<Job>;
  /** A failed, incomplete or expired job goes on from the step that it had reached. */
  retry(id: string, request?: RetryRequest, options?: CallOptions): Promise<Job>;
  /** What it did: turns and tool calls. */
  steps(id: string, options?: OptionsOf<'listSteps'>): Listing<JobStep>;
  /** Erases a job that has ended, with all that is known of it. */
  delete(id: string, options?: CallOptions): Promise<void>;
}

export function createJobs(send: Send, gateway: Gateway): Jobs {
  return {
    create: (body, options) => send('createJob', { body, ...options }),
    get: (id, { signal, wait, after } = {}) =>
      send('readJob', { path: { id }, query: { wait, after }, waitSeconds: wait, signal }),
    list: (options) => list(send, 'listJobs', options),
    wait: (id, options) => waitForJob(send, id, options),
    stream: (id, { deltas = false, after, signal } = {}) =>
      followEvents(gateway, {
        path: pathOf('streamJobEvents', { id }),
        query: deltas ? { stream: 'deltas' } : {},
        after,
        signal,
      }),
    cancel: (id, options) => send('cancelJob', { path: { id }, ...options }),
    retry: (id, body, options) => send('retryJob', { path: { id }, body, ...options }),
    steps: (id, options) => list(send, 'listSteps', options, { id }),
    delete: (id, options) => send('eraseJob', { path: { id }, ...options }),
  };
}
