import { hostname } from 'node:os';
import type { ConnectUrl, ModelClient, Rules, ToolClient } from '@pawl/engine';
import { newSecret } from '@pawl/contracts';
import { createTaskWorker, type TaskQueueSettings } from '@pawl/queue';
import type { Engine, TaskQueue } from '@pawl/engine';
import { createSchemaChecker, type Logger, type RedisConnection } from '@pawl/runtime';
import type { PawlStore } from '@pawl/store';
import { callTool } from './call-tool.ts';
import { deliverWebhook } from './deliver-webhook.ts';
import { fireSchedule } from './fire-schedule.ts';
import { createLastDeliveries } from './last-deliveries.ts';
import { repeat } from './repeat.ts';
import { createRunningCalls } from './running-calls.ts';
import { startSweeping } from './start-sweeping.ts';
import { takeTurn } from './take-turn.ts';
import type { TaskSettings, Webhooks, WorkerDependencies } from './worker.ts';

/** What a worker is composed of: a harness may wrap any port. */
export interface WorkerParts {
  readonly store: PawlStore;
  readonly queue: TaskQueue;
  readonly model: ModelClient;
  readonly tools: ToolClient;
  readonly log: Logger;
  /** A worker's connection, which BullMQ may block on. */
  readonly connection: RedisConnection;
  readonly prefixOf: TaskQueueSettings['prefixOf'];
  readonly rules: Rules;
  readonly tasks: Omit<TaskSettings, 'rules'>;
  readonly webhooks: Webhooks & {
    /** Attempts at a time in this process: they mostly wait for receivers. */
    readonly concurrency: number;
  };
  readonly connectUrl: ConnectUrl;
  readonly timings: WorkerTimings;
}

/** Milliseconds, but for the concurrency. */
export interface WorkerTimings {
  readonly concurrency: number;
  readonly lockDuration: number;
  readonly stalledInterval: number;
  readonly sweepInterval: number;
  /** What calls in flight get when the worker is stopped. */
  readonly grace: number;
}

export interface RunningWorker {
  /** Takes no new tasks, lets those in flight end for the grace period, then gives them back. */
  stop(): Promise<void>;
}

/** How often a worker says that it lives, in milliseconds. */
const announceInterval = 5_000;

/** Starts to execute turns and tool calls of every shard, and to sweep. */
export async function startWorker(parts: WorkerParts): Promise<RunningWorker> {
  const { store, log, timings } = parts;
  // The machine's name first: its health check looks for it.
  const workerId = `${hostname()}:${newSecret()}`;
  const engine: Engine = {
    store,
    queue: parts.queue,
    rules: parts.rules,
    now: Date.now,
    random: Math.random,
    onLostWake: (error) => log.warn({ err: error }, 'a wake-up was lost: the sweeper will make up'),
    connectUrl: parts.connectUrl,
  };
  const runningCalls = createRunningCalls();
  const schemas = createSchemaChecker();
  const dependencies: WorkerDependencies = {
    engine,
    store,
    model: parts.model,
    tools: parts.tools,
    webhooks: parts.webhooks,
    runningCalls,
    schemas,
    settings: { ...parts.tasks, rules: parts.rules },
    log,
  };
  const stopListening = await store.listenToStops((name) => runningCalls.stop(name));
  const taskWorkers = startTaskWorkers(parts, dependencies);
  const stopSweeping = startSweeping(
    { engine, store, log, workerId, interval: timings.sweepInterval },
    store.shards,
  );
  const stopLooking = repeat(
    async () => {
      await runningCalls
        .stopLost()
        .catch((error: unknown) => log.debug({ err: error }, 'could not look for missed stops'));
      return timings.sweepInterval;
    },
    { first: timings.sweepInterval },
  );
  const announce = async () => {
    await store
      .announceWorker(workerId, Date.now())
      .catch((error: unknown) => log.debug({ err: error }, 'could not announce the worker'));
    return announceInterval;
  };
  await announce();
  const stopAnnouncing = repeat(announce, { first: announceInterval });
  return {
    async stop() {
      const timer = setTimeout(() => {
        log.warn(
          { grace: timings.grace },
          'the grace period is over: calls in flight are given back',
        );
        runningCalls.stopAll();
      }, timings.grace);
      const drained = Promise.all(taskWorkers.map((worker) => worker.drain()));
      // Beside the drain: a sweep or an announcement may wait for a Redis that is away.
      await Promise.all([
        drained.finally(() => clearTimeout(timer)),
        stopAnnouncing(),
        stopSweeping(),
      ]);
      await stopLooking();
      await store.withdrawWorker(workerId).catch(() => undefined);
      await stopListening();
      await schemas.close();
    },
  };
}

function startTaskWorkers(parts: WorkerParts, dependencies: WorkerDependencies) {
  const { connection, prefixOf, timings, log } = parts;
  const onError = (error: Error, task: { readonly id: string } | undefined) =>
    log.error({ err: error, task: task?.id }, 'task error');
  const runDelivery = createLastDeliveries(dependencies.engine);
  return Array.from({ length: parts.store.shards }, (_, shard) => {
    const settings = { ...timings, connection, prefix: prefixOf(shard), onError };
    return [
      createTaskWorker({
        ...settings,
        kind: 'turn',
        handle: (task, signal) =>
          runDelivery(task, (job) => takeTurn(dependencies, task, { signal, job })),
      }),
      createTaskWorker({
        ...settings,
        kind: 'tool_call',
        handle: (task) => runDelivery(task, (job) => callTool(dependencies, task, job)),
      }),
      createTaskWorker({
        ...settings,
        kind: 'schedule',
        handle: (task) => fireSchedule(dependencies, task),
      }),
      createTaskWorker({
        ...settings,
        concurrency: parts.webhooks.concurrency,
        kind: 'webhook',
        handle: (task, signal) => deliverWebhook(dependencies, task, signal),
      }),
    ];
  }).flat();
}
