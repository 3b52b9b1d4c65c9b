import { hostname } from 'node:os';
import { randomToken } from '@pawl/contracts';
import type { Engine, Links, ModelClient, Rules, ToolClient } from '@pawl/engine';
import type { PawlTaskQueue, TaskQueueKeys, WorkerSlots } from '@pawl/queue';
import {
  createSchemaChecker,
  countRepeats,
  type Logger,
  type RedisConnection,
  type Watchdog,
} from '@pawl/runtime';
import type { PawlStore } from '@pawl/store';
import type { Recorder, Tracing } from '@pawl/telemetry';
import type { Archive } from './archive/archive.ts';
import { reportArchive } from './archive/report-archive.ts';
import { createPatience, persistent } from './patience.ts';
import { createProviderPauses } from './provider-pauses.ts';
import { createEarlierJobs } from './earlier-jobs.ts';
import { createKnownHistories } from './known-job.ts';
import { createRunningCalls } from './running-calls.ts';
import { watchWorkers } from './lost-workers.ts';
import { sweepAfterDeath } from './sweep.ts';
import { repeat, startSweeping } from './sweep-loop.ts';
import { startTaskWorkers } from './start-task-workers.ts';
import type { TaskSettings, Webhooks, WorkerDependencies } from './worker.ts';

/** What a worker is composed of: a harness may wrap any port. */
export interface WorkerParts {
  readonly store: PawlStore;
  readonly queue: PawlTaskQueue;
  readonly model: ModelClient;
  readonly tools: ToolClient;
  readonly log: Logger;
  /** Where sweeps are counted; absent where nothing is measured. */
  readonly recorder?: Recorder | undefined;
  /** Absent where nothing is traced. */
  readonly tracing?: Tracing | undefined;
  /** Takes ended jobs before they are erased; absent where nothing is archived. Closed with the worker. */
  readonly archive?: Archive | undefined;
  /** A worker's connection, which BullMQ may block on. */
  readonly connection: RedisConnection;
  readonly prefixOf: TaskQueueKeys['tag'];
  readonly rules: Rules;
  readonly tasks: TaskSettings;
  readonly webhooks: Webhooks & {
    /** Attempts at a time in this process: they mostly wait for receivers. */
    readonly concurrency: number;
  };
  readonly links: Links;
  readonly timings: WorkerTimings;
  /** Ends this process when its event loop stands still; absent where nothing may end it. */
  readonly watchdog?: Watchdog;
}

/** Milliseconds, but for the slots. */
export interface WorkerTimings {
  /** Turns, and as many tool calls, at a time for one user. */
  readonly concurrency: number;
  /** Slots beyond that, for others. Default: see {@link reserveOf}. */
  readonly reserve?: number;
  readonly lockDuration: number;
  readonly stalledInterval: number;
  readonly sweepInterval: number;
  /** What calls in flight get when the worker is stopped. */
  readonly grace: number;
}

export interface RunningWorker {
  /** Takes no new tasks, lets those in flight end for the grace period, then gives them back. */
  stop(): Promise<void>;
  /** What keeps it from its work now, as sentences. */
  problems(): readonly string[];
  /** What is not as it should be, while it works all the same. */
  warnings(): readonly string[];
}

/** How often a worker says that it lives, in milliseconds. */
const announceInterval = 5_000;

/** How often its connection is confirmed: it is noted when it stands, and forgotten only where it was taken for gone. */
const announcementsPerSign = 6;

/** Starts to execute turns and tool calls of every shard, and to sweep. */
export async function startWorker(parts: WorkerParts): Promise<RunningWorker> {
  const { store, log, timings } = parts;
  // The machine's name first: its health check looks for it.
  const workerId = `${hostname()}:${randomToken()}`;
  const engine: Engine<PawlStore> = {
    store,
    queue: parts.queue,
    rules: parts.rules,
    now: Date.now,
    random: Math.random,
    onLostWake: (error) => log.warn({ err: error }, 'a wake-up was lost: the sweeper will make up'),
    links: parts.links,
    currentTrace: parts.tracing?.current,
  };
  const runningCalls = createRunningCalls();
  const pauses = await createProviderPauses(store, engine.now);
  const schemas = createSchemaChecker();
  const patience = createPatience(log);
  const dependencies: WorkerDependencies = {
    engine,
    model: parts.model,
    tools: parts.tools,
    // Read after the claim of a delivery only.
    webhooks: { ...parts.webhooks, secrets: persistent(parts.webhooks.secrets, patience) },
    knownHistories: createKnownHistories(),
    earlierJobs: createEarlierJobs(parts.tasks),
    runningCalls,
    pauses,
    schemas,
    settings: parts.tasks,
    log,
    tracing: parts.tracing,
    persistentStore: persistent(store, patience),
  };
  const stopListening = await store.listenToStops((name) => runningCalls.stop(name));
  const sign = await store.standConnected(workerId);
  const archiving = parts.archive && reportArchive(parts.archive, { store, log });
  const sweeper = {
    engine,
    log: countRepeats(log),
    workerId,
    interval: timings.sweepInterval,
    recorder: parts.recorder,
    archiving,
  };
  const stopSweeping = startSweeping(sweeper, store.shards);
  const stopLooking = repeat(
    async () => {
      await runningCalls
        .stopLost()
        .catch((error: unknown) => log.debug({ err: error }, 'could not look for missed stops'));
      await pauses
        .refresh()
        .catch((error: unknown) => log.debug({ err: error }, 'could not look for missed pauses'));
      return timings.sweepInterval;
    },
    { first: timings.sweepInterval },
  );
  const slots = slotsOf(parts);
  let offers: WorkerSlots | null = slots;
  let announcedAt = performance.now();
  let announcements = 0;
  const confirmNowAndThen = async () => {
    announcements += 1;
    if (announcements % announcementsPerSign !== 0) return;
    // Without it others go by the locks.
    await sign
      .confirm()
      .catch((error: unknown) => log.debug({ err: error }, 'could not confirm the connection'));
  };
  const announce = async () => {
    try {
      await Promise.all([
        store.announceWorker(workerId, Date.now()),
        parts.queue.announceSlots(workerId, offers),
        confirmNowAndThen(),
      ]);
      announcedAt = performance.now();
    } catch (error) {
      log.debug({ err: error }, 'could not announce the worker');
    }
    return announceInterval;
  };
  const taskWorkers = startTaskWorkers(
    { ...parts, workerId, slots, shards: store.shards },
    dependencies,
  );
  const stopWatching = watchWorkers({
    store,
    log,
    workerId,
    async takeOver(gone) {
      const taken = await Promise.all(taskWorkers.map((worker) => worker.takeOver(gone)));
      const tasks = taken.reduce((sum, count) => sum + count, 0);
      log.warn({ worker: gone, tasks }, 'a worker is gone: its tasks are taken over');
      await parts.queue.announceSlots(gone, null);
      await sweepAfterDeath(sweeper, store.shards);
      await store.withdrawWorker(gone);
      // Last: whoever comes next does all of it again if this worker dies in between.
      await store.forgetConnection(gone);
    },
  });
  await announce();
  await startParked(parts);
  const stopAnnouncing = repeat(announce, { first: announceInterval });
  return {
    problems() {
      if (offers === null) return ['The worker is shutting down.'];
      const seconds = Math.round((performance.now() - announcedAt) / 1_000);
      return seconds < 15
        ? []
        : [`For ${seconds} s the worker could not say that it lives: Redis does not answer it.`];
    },
    warnings: () => archiving?.problems() ?? [],
    async stop() {
      offers = null;
      const timer = setTimeout(() => {
        log.warn(
          { grace: timings.grace, kept: patience.kept() },
          'the grace period is over: calls in flight are given back',
        );
        runningCalls.stopAll();
      }, timings.grace);
      const drained = Promise.all(taskWorkers.map((worker) => worker.drain()));
      // Beside the drain: a sweep or an announcement may wait for a Redis that is away.
      await Promise.all([
        drained.finally(() => clearTimeout(timer)),
        stopAnnouncing().then(announce),
        stopSweeping(),
        stopWatching(),
      ]);
      await stopLooking();
      await parts.archive?.close();
      await store.withdrawWorker(workerId).catch(() => undefined);
      await sign.withdraw().catch(() => undefined);
      await stopListening();
      await pauses.stop();
      await schemas.close();
    },
  };
}

/** What was parked while there was no worker, or while there were fewer, starts now. */
async function startParked({ queue, store, log }: WorkerParts): Promise<void> {
  await Promise.all(
    Array.from({ length: store.shards }, (_, shard) => queue.sweepShares(shard, 0)),
  ).catch((error: unknown) => log.debug({ err: error }, 'could not start what is parked'));
}

/** The slots that are kept for others, where nothing else is said: half as many as one user gets. */
function reserveOf(nominal: number): number {
  return Math.ceil(nominal / 2);
}

/** Firing a schedule waits for Redis only: more at a time are not faster, and get in the way of everybody's steps. */
const mostSchedules = 4;

function slotsOf({ timings, webhooks, rules }: WorkerParts): WorkerSlots {
  const { concurrency, reserve = reserveOf(concurrency) } = timings;
  const steps = { nominal: concurrency, reserve, groupLimit: 0 };
  const firing = Math.min(concurrency, mostSchedules);
  return {
    turn: steps,
    tool_call: steps,
    schedule: { nominal: firing, reserve: reserveOf(firing), groupLimit: 0 },
    webhook: {
      nominal: webhooks.concurrency,
      reserve: reserveOf(webhooks.concurrency),
      groupLimit: rules.webhooks.originLimit,
    },
  };
}
