import type { RedisConnection } from '@pawl/runtime';
import { DelayedError, Worker, type Job } from 'bullmq';
import { catalogue, type TaskKind, type TaskOf } from './catalogue.ts';
import { repeatStrategy } from './create-timers.ts';

/** Done, or not before `at` (milliseconds since 1970). */
export type Handled = { readonly kind: 'done' } | { readonly kind: 'later'; readonly at: number };

export interface TaskWorkerSettings<Kind extends TaskKind> {
  readonly kind: Kind;
  /** A worker's connection: it waits for Redis to come back. */
  readonly connection: RedisConnection;
  readonly prefix: string;
  readonly concurrency: number;
  /** A lock that is not renewed for so long is lost, in milliseconds. */
  readonly lockDuration: number;
  /** How often lost locks are looked for, in milliseconds. */
  readonly stalledInterval: number;
  /** The signal is aborted when the task's lock is lost, or when the worker has to stop. */
  readonly handle: (task: TaskOf<Kind>, signal: AbortSignal) => Promise<Handled>;
  /** Told of handlers that threw, of lost locks, and of BullMQ's own errors. */
  readonly onError: (error: Error, task: { readonly id: string } | undefined) => void;
}

export interface TaskWorker {
  /** Takes no further tasks; resolves when those under way are done. */
  drain(): Promise<void>;
  /** Aborts the signals of the tasks under way. */
  abort(reason: string): void;
  /** Leaves without waiting for anything. */
  abandon(): Promise<void>;
}

/**
 * How often a task may lose its worker before BullMQ gives it up: never, since the engine counts the claims of a step
 * and sets it aside (invariant 2).
 */
const maxStalledCount = 1_000_000;

/** Starts to take tasks of one kind from one shard. */
export function createTaskWorker<Kind extends TaskKind>({
  kind,
  connection,
  prefix,
  concurrency,
  lockDuration,
  stalledInterval,
  handle,
  onError,
}: TaskWorkerSettings<Kind>): TaskWorker {
  const { queue, payload } = catalogue[kind];

  // BullMQ passes the signal only to a function of exactly three parameters.
  async function process(job: Job, token?: string, signal?: AbortSignal): Promise<void> {
    const task = payload.parse(job.data) as TaskOf<Kind>;
    const handled = await handle(task, signal ?? new AbortController().signal);
    if (handled.kind === 'done') return;
    await job.moveToDelayed(handled.at, token);
    throw new DelayedError();
  }

  const worker = new Worker(queue, process, {
    connection,
    prefix,
    concurrency,
    lockDuration,
    stalledInterval,
    maxStalledCount,
    settings: { repeatStrategy },
    removeOnComplete: { count: 0 },
    removeOnFail: { count: 0 },
  });
  worker.on('error', (error) => onError(error, undefined));
  worker.on('failed', (job, error) =>
    onError(error, job?.id === undefined ? undefined : { id: job.id }),
  );
  worker.on('lockRenewalFailed', (ids) => {
    for (const id of ids) {
      onError(new Error('the lock of a task is lost: another worker may take it'), { id });
      worker.cancelJob(id, 'lock lost');
    }
  });
  return {
    drain: () => worker.close(),
    abort: (reason) => worker.cancelAllJobs(reason),
    abandon: () => worker.close(true),
  };
}
