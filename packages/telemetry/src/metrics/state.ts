import type { PawlTaskQueue, QueueDepth, ShareUsage } from '@pawl/queue';
import type { Logger, RedisConnection } from '@pawl/runtime';
import type { PawlStore } from '@pawl/store';
import { type StateMetric, stateMetrics } from './catalogue.ts';
import type { Recorder } from './recorder.ts';
import { readRedisNodes, type RedisNode } from './redis-nodes.ts';

export interface StateSources {
  readonly store: Pick<
    PawlStore,
    'archiveProblem' | 'countJobs' | 'oldestDue' | 'countQuarantined' | 'workersSeen' | 'shards'
  >;
  readonly queue: Pick<PawlTaskQueue, 'depths' | 'shareUsage'>;
  readonly redis: RedisConnection;
  readonly log: Logger;
}

/** A scrape that finds what is younger reads nothing, in milliseconds. */
const freshness = 2_000;
/** A scrape does not wait longer for Redis, in milliseconds. */
const patience = 5_000;

/**
 * Reads what is stored into gauges: some seventy commands for each shard, however much there is. Scrapes that come at
 * once share one read.
 */
export function createStateReader(
  sources: StateSources,
  recorder: Recorder,
  now: () => number = Date.now,
): () => Promise<void> {
  let underWay: Promise<void> | undefined;
  let readAt = -Infinity;

  async function read(): Promise<void> {
    try {
      const state = await readState(sources, now());
      forget(recorder);
      show(recorder, state, now());
      readAt = performance.now();
    } catch (error) {
      // What was read before may be wrong by now.
      forget(recorder);
      recorder.set('pawl_redis_up', {}, 0);
      sources.log.warn({ err: error }, 'what is stored cannot be read for metrics');
    } finally {
      underWay = undefined;
    }
  }

  return async () => {
    if (performance.now() - readAt < freshness) return;
    underWay ??= read();
    await underWay;
  };
}

/** What is stored, as numbers. */
export interface InstallationState {
  readonly jobs: Awaited<ReturnType<PawlStore['countJobs']>>;
  /** What keeps the archive from taking ended jobs, as a worker has found it lately. */
  readonly archiveProblem: string | undefined;
  /** What has been due for longest of each kind that the sweeper looks at, in milliseconds since 1970. */
  readonly due: Readonly<Record<string, number | undefined>>;
  readonly quarantined: number;
  readonly workers: Awaited<ReturnType<PawlStore['workersSeen']>>;
  readonly nodes: readonly RedisNode[];
  readonly queues: readonly QueueState[];
}

/** A queue of tasks over all shards. */
interface QueueState {
  readonly queue: string;
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
  readonly parked: number;
  /** Since when the oldest task has waited that could run, in milliseconds since 1970. */
  readonly oldest: number | undefined;
}

/**
 * Reads how the whole installation stands.
 *
 * @param now milliseconds since 1970
 * @throws what Redis says, or an Error where it does not answer within 5 seconds
 */
export async function readState(
  sources: Omit<StateSources, 'log'>,
  now: number,
): Promise<InstallationState> {
  return withinTime(readAll(sources, now));
}

async function readAll(
  { store, queue, redis }: Omit<StateSources, 'log'>,
  now: number,
): Promise<InstallationState> {
  const shards = Array.from({ length: store.shards }, (_, shard) => shard);
  const [jobs, archiveProblem, due, quarantined, workers, nodes, depths, shares] =
    await Promise.all([
      store.countJobs(),
      store.archiveProblem(),
      store.oldestDue(),
      store.countQuarantined(),
      store.workersSeen(now),
      readRedisNodes(redis),
      Promise.all(shards.map((shard) => queue.depths(shard))),
      Promise.all(shards.map((shard) => queue.shareUsage(shard))),
    ]);
  return {
    jobs,
    archiveProblem,
    due,
    quarantined,
    workers,
    nodes,
    queues: queueStates(
      depths.flat(),
      // Of everybody: a series for each tenant would have no bound.
      shares.flat().filter(({ tenant }) => tenant === undefined),
    ),
  };
}

function show(recorder: Recorder, state: InstallationState, now: number): void {
  recorder.set('pawl_redis_up', {}, 1);
  for (const [status, count] of Object.entries(state.jobs.byStatus)) {
    recorder.set('pawl_jobs', { status }, count);
  }
  for (const [cause, count] of Object.entries(state.jobs.byCause)) {
    recorder.set('pawl_jobs_waiting', { cause }, count);
  }
  showQueues(recorder, state.queues, now);
  recorder.set('pawl_workers', {}, state.workers.length);
  recorder.set('pawl_archive_away', {}, state.archiveProblem === undefined ? 0 : 1);
  recorder.set('pawl_records_quarantined', {}, state.quarantined);
  for (const [kind, since] of Object.entries(state.due)) {
    recorder.set('pawl_sweep_overdue_seconds', { kind }, ageOf(since, now));
  }
  for (const { node, used, limit } of state.nodes) {
    recorder.set('pawl_redis_memory_used_bytes', { node }, used);
    recorder.set('pawl_redis_memory_limit_bytes', { node }, limit);
  }
}

function queueStates(depths: readonly QueueDepth[], shares: readonly ShareUsage[]): QueueState[] {
  return [...groupByQueue(depths)].map(([queue, ofQueue]) => {
    const ofKind = shares.filter(({ kind }) => kind === ofQueue[0]?.kind);
    const total = (state: 'waiting' | 'active' | 'delayed') =>
      ofQueue.reduce((sum, depth) => sum + depth[state], 0);
    const times = [
      ...ofQueue.map(({ oldestWaiting }) => oldestWaiting),
      ...ofKind.map(({ oldestParked }) => oldestParked),
    ].filter((time) => time !== undefined);
    return {
      queue,
      waiting: total('waiting'),
      active: total('active'),
      delayed: total('delayed'),
      parked: ofKind.reduce((sum, share) => sum + share.parked, 0),
      oldest: times.length === 0 ? undefined : Math.min(...times),
    };
  });
}

function groupByQueue(depths: readonly QueueDepth[]): Map<string, QueueDepth[]> {
  const queues = new Map<string, QueueDepth[]>();
  for (const depth of depths) {
    const known = queues.get(depth.queue);
    if (known === undefined) queues.set(depth.queue, [depth]);
    else known.push(depth);
  }
  return queues;
}

function showQueues(recorder: Recorder, queues: readonly QueueState[], now: number): void {
  for (const { queue, oldest, ...tasks } of queues) {
    for (const state of ['waiting', 'active', 'delayed', 'parked'] as const) {
      recorder.set('pawl_queue_tasks', { queue, state }, tasks[state]);
    }
    recorder.set('pawl_queue_oldest_task_age_seconds', { queue }, ageOf(oldest, now));
  }
}

/** Seconds; 0 for nothing, and for what is yet to come. */
export function ageOf(since: number | undefined, now: number): number {
  return since === undefined ? 0 : Math.max(0, now - since) / 1_000;
}

function forget(recorder: Recorder): void {
  for (const name of Object.keys(stateMetrics) as StateMetric[]) recorder.reset(name);
}

async function withinTime<Value>(work: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const timeUp = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error(`Redis did not answer within ${patience} ms`)),
      patience,
    );
  });
  try {
    return await Promise.race([work, timeUp]);
  } finally {
    clearTimeout(timer);
    // A late refusal must not count as unhandled.
    work.catch(() => undefined);
  }
}
