import type { PawlTaskQueue, QueueDepth, ShareUsage } from '@pawl/queue';
import type { Logger, RedisConnection } from '@pawl/runtime';
import type { PawlStore } from '@pawl/store';
import { type StateMetric, stateMetrics } from './catalogue.ts';
import type { Recorder } from './recorder.ts';
import { readRedisMemory } from './redis-memory.ts';

export interface StateSources {
  readonly store: Pick<
    PawlStore,
    'countJobs' | 'oldestDue' | 'countQuarantined' | 'seenWorkers' | 'shards'
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
      const state = await withinTime(readState(sources, now()));
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

type State = Awaited<ReturnType<typeof readState>>;

async function readState({ store, queue, redis }: StateSources, now: number) {
  const shards = Array.from({ length: store.shards }, (_, shard) => shard);
  const [jobs, due, quarantined, workers, memory, depths, shares] = await Promise.all([
    store.countJobs(),
    store.oldestDue(),
    store.countQuarantined(),
    store.seenWorkers(now),
    readRedisMemory(redis),
    Promise.all(shards.map((shard) => queue.depths(shard))),
    Promise.all(shards.map((shard) => queue.shareUsage(shard))),
  ]);
  return {
    jobs,
    due,
    quarantined,
    workers,
    memory,
    depths: depths.flat(),
    // Of everybody: a series for each tenant would have no bound.
    shares: shares.flat().filter(({ tenant }) => tenant === undefined),
  };
}

function show(recorder: Recorder, state: State, now: number): void {
  recorder.set('pawl_redis_up', {}, 1);
  for (const [status, count] of Object.entries(state.jobs.byStatus)) {
    recorder.set('pawl_jobs', { status }, count);
  }
  for (const [cause, count] of Object.entries(state.jobs.byCause)) {
    recorder.set('pawl_jobs_waiting', { cause }, count);
  }
  showQueues(recorder, state, now);
  recorder.set('pawl_workers', {}, state.workers);
  recorder.set('pawl_records_quarantined', {}, state.quarantined);
  for (const [kind, since] of Object.entries(state.due)) {
    recorder.set('pawl_sweep_overdue_seconds', { kind }, ageOf(since, now));
  }
  for (const { node, used, limit } of state.memory) {
    recorder.set('pawl_redis_memory_used_bytes', { node }, used);
    recorder.set('pawl_redis_memory_limit_bytes', { node }, limit);
  }
}

function showQueues(recorder: Recorder, { depths, shares }: State, now: number): void {
  const queues = new Map<string, { depths: QueueDepth[]; shares: ShareUsage[] }>();
  for (const depth of depths) {
    const known = queues.get(depth.queue) ?? {
      depths: [],
      shares: shares.filter(({ kind }) => kind === depth.kind),
    };
    known.depths.push(depth);
    queues.set(depth.queue, known);
  }
  for (const [queue, { depths: ofQueue, shares: ofKind }] of queues) {
    const total = (state: 'waiting' | 'active' | 'delayed') =>
      ofQueue.reduce((sum, depth) => sum + depth[state], 0);
    for (const state of ['waiting', 'active', 'delayed'] as const) {
      recorder.set('pawl_queue_tasks', { queue, state }, total(state));
    }
    const parked = ofKind.reduce((sum, share) => sum + share.parked, 0);
    recorder.set('pawl_queue_tasks', { queue, state: 'parked' }, parked);
    const times = [
      ...ofQueue.map(({ oldestWaiting }) => oldestWaiting),
      ...ofKind.map(({ oldestParked }) => oldestParked),
    ].filter((time) => time !== undefined);
    const oldest = times.length === 0 ? undefined : Math.min(...times);
    recorder.set('pawl_queue_oldest_task_age_seconds', { queue }, ageOf(oldest, now));
  }
}

/** Seconds; 0 for nothing, and for what is yet to come. */
function ageOf(since: number | undefined, now: number): number {
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
