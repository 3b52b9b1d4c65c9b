import { defaultTenant } from '@pawl/contracts';
import type { Links, ModelClient, Rules, ToolClient, WebhookClient } from '@pawl/engine';
import {
  createModelClient,
  createToolSources,
  createWebhookClient,
  type ModelClientSettings,
  type ToolSourcesSettings,
} from '@pawl/providers';
import { createTaskQueue, createTaskScript } from '@pawl/queue';
import {
  checkRedis,
  type Closer,
  connectRedis,
  type Durability,
  followRedisTime,
  type Logger,
  requireRedis,
  startWatchdog,
  whenRedisReady,
} from '@pawl/runtime';
import {
  createKeys,
  createStore,
  createWebhookSecrets,
  type EventRetention,
  type PawlStore,
  type Retention,
  watchStorage,
} from '@pawl/store';
import {
  createMetrics,
  type Metrics,
  meterModel,
  meterStore,
  meterTools,
  meterWebhooks,
  type OperationsSettings,
  serveOperations,
  timeCommands,
  traceModel,
  traceStore,
  traceTools,
  traceWebhooks,
  type Tracing,
} from '@pawl/telemetry';
import type { ArchiveSettings } from './archive/archive-variables.ts';
import { createArchive } from './archive/create-archive.ts';
import { startWorker, type WorkerTimings } from './start-worker.ts';
import type { TaskSettings } from './worker.ts';

/** All that a worker is told by its configuration. Times are milliseconds. */
export interface WorkerSettings {
  /** The first part of every key in Redis. */
  readonly name: string;
  readonly redisUrl: string;
  /** How much has to survive a failure of Redis. */
  readonly durability: Durability;
  readonly shards: number;
  /** What is kept of what has ended. */
  readonly retention: Retention;
  /** What is kept of what happened to a tenant's jobs. */
  readonly events?: EventRetention;
  /** Where metrics are shown; undefined: nothing is measured. */
  readonly metrics?: OperationsSettings | undefined;
  /** Where ended jobs are written before they are erased; undefined: nowhere. */
  readonly archive?: ArchiveSettings | undefined;
  readonly model: ModelClientSettings;
  readonly tools: ToolSourcesSettings;
  readonly webhooks: {
    readonly timeout: number;
    readonly allowedHosts: readonly string[];
    /** Attempts at a time in this process: they mostly wait for receivers. */
    readonly concurrency: number;
    /** The secrets that sign the default tenant's webhooks until it rotates them. */
    readonly secrets: readonly string[];
    readonly encryptionKey?: Buffer | undefined;
  };
  readonly rules: Rules;
  readonly links: Links;
  readonly tasks: TaskSettings;
  readonly timings: WorkerTimings;
  readonly watchdog: {
    /** For how long the event loop may stand still. */
    readonly limit: number;
    /** True: the process is ended without a line of log. */
    readonly isSilent: boolean;
  };
}

/** What the worker works through. */
export interface WorkerPorts {
  readonly store: PawlStore;
  readonly model: ModelClient;
  readonly tools: ToolClient;
  readonly webhookClient: WebhookClient;
}

export interface ComposeOptions {
  readonly log: Logger;
  /** Absent: nothing is traced. */
  readonly tracing?: Tracing | undefined;
  /** Replaces or wraps ports: the crash harness ends the process at a named point of one. */
  readonly wrap?: (ports: WorkerPorts) => WorkerPorts;
}

/**
 * Wires a whole worker and starts it. `Date.now()` of this process tells the time of Redis from then on. Answers what
 * has to be closed, in this order.
 */
export async function composeWorker(
  settings: WorkerSettings,
  { log, tracing, wrap = (ports) => ports }: ComposeOptions,
): Promise<readonly Closer[]> {
  const { name, redisUrl, durability, shards, retention, events, rules, webhooks } = settings;
  const redis = connectRedis(redisUrl, 'worker', { logger: log });
  const producer = connectRedis(redisUrl, 'worker', { logger: log });
  const subscriber = connectRedis(redisUrl, 'subscriber', { logger: log });
  await whenRedisReady(redis, 30_000);
  const keys = createKeys(name);
  await requireRedis(redis, { url: redisUrl, tag: keys.tag(0) });
  const time = await followRedisTime(redis, { logger: log });
  const checkServer = () => checkRedis(redis, { durability });
  const { problems, warnings } = await checkServer();
  for (const problem of [...problems, ...warnings]) {
    log.warn({ problem }, 'Redis is not as it should be');
  }
  const store = createStore({
    redis,
    subscriber,
    shards,
    retention,
    ...(events && { events }),
    name,
    durability,
    tasks: createTaskScript(keys),
  });
  await store.checkCompatibility();
  const watch = watchStorage({ check: () => store.checkStorage(), log });
  const queue = createTaskQueue({ connection: producer, keys, shards });
  const traceHeaders = tracing?.headers;
  const tools = createToolSources({ ...settings.tools, traceHeaders });
  const metrics = settings.metrics && createMetrics();
  if (metrics !== undefined) {
    for (const each of [redis, producer]) timeCommands(each, metrics.recorder);
  }
  const ports = wrap(
    metered(
      metrics,
      traced(tracing, settings.tasks.logContent, {
        store,
        model: createModelClient({ ...settings.model, traceHeaders }),
        tools,
        webhookClient: createWebhookClient({
          timeout: webhooks.timeout,
          allowedHosts: webhooks.allowedHosts,
          traceHeaders,
          onRefused: (refused) => log.warn(refused, 'a webhook to an internal address was refused'),
        }),
      }),
    ),
  );
  const watchdog = startWatchdog({ name: 'worker', ...settings.watchdog });
  const worker = await startWorker({
    watchdog,
    store: ports.store,
    queue,
    model: ports.model,
    tools: ports.tools,
    recorder: metrics?.recorder,
    tracing,
    archive: settings.archive && createArchive(settings.archive),
    log,
    connection: redis,
    prefixOf: keys.tag,
    rules,
    webhooks: {
      client: ports.webhookClient,
      secrets: createWebhookSecrets({
        redis,
        keys,
        encryptionKey: webhooks.encryptionKey,
        given: { [defaultTenant]: webhooks.secrets },
      }),
      concurrency: webhooks.concurrency,
    },
    links: settings.links,
    tasks: settings.tasks,
    timings: settings.timings,
  });
  const operations =
    settings.metrics &&
    metrics &&
    (await serveOperations(settings.metrics, {
      metrics,
      problems: () => [...worker.problems(), ...watch.problems()],
      warnings: () => worker.warnings(),
    }));
  if (operations !== undefined) log.info({ port: operations.port }, 'metrics are shown');
  return [
    { name: 'worker', close: () => worker.stop() },
    { name: 'traces', close: () => tracing?.stop() },
    { name: 'metrics', close: () => operations?.stop() },
    { name: 'queue', close: () => queue.close() },
    { name: 'tools', close: () => tools.close() },
    { name: 'watchdog', close: () => watchdog.stop() },
    { name: 'time', close: () => time.stop() },
    { name: 'storage watch', close: () => watch.stop() },
    { name: 'redis', close: () => [redis, producer, subscriber].map((each) => each.disconnect()) },
  ];
}

/** The ports, traced where anything is. */
function traced(tracing: Tracing | undefined, content: boolean, ports: WorkerPorts): WorkerPorts {
  if (tracing === undefined) return ports;
  return {
    store: traceStore(ports.store, tracing),
    model: traceModel(ports.model, tracing, { content }),
    tools: traceTools(ports.tools, tracing, { content }),
    webhookClient: traceWebhooks(ports.webhookClient, tracing),
  };
}

/** The ports, measured where anything is. */
function metered(metrics: Metrics | undefined, ports: WorkerPorts): WorkerPorts {
  if (metrics === undefined) return ports;
  const { recorder } = metrics;
  return {
    store: meterStore(ports.store, recorder),
    model: meterModel(ports.model, recorder),
    tools: meterTools(ports.tools, recorder),
    webhookClient: meterWebhooks(ports.webhookClient, recorder),
  };
}
