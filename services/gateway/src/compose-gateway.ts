import { defaultTenant } from '@pawl/contracts';
import { linksOf, type Rules } from '@pawl/engine';
import { createToolSources, type ToolSourcesSettings } from '@pawl/providers';
import { createTaskQueue, createTaskScript } from '@pawl/queue';
import {
  checkRedis,
  type Closer,
  connectRedis,
  createSchemaChecker,
  type Durability,
  followRedisTime,
  type Logger,
  requireRedis,
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
  meterStore,
  type OperationsSettings,
  readState,
  serveOperations,
  timeCommands,
  traceStore,
  type Tracing,
} from '@pawl/telemetry';
import type { FileAgent } from './agents/read-agent-files.ts';
import { createApp } from './app.ts';
import { consoleFolder, readConsoleFiles } from './console/console-files.ts';
import type { Gateway, RouteSettings } from './gateway.ts';
import { serve } from './serve.ts';

/** All that a gateway is told by its configuration. Times are milliseconds. */
export interface GatewaySettings {
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
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** HTTP connections that may be open at a time. */
  readonly connections: number;
  /** How long requests are taken after the gateway was told to stop, while `/readyz` says that it does. */
  readonly drain: number;
  /** How browsers reach the gateway, without a slash at the end. Default: `localhost` and the port. */
  readonly publicUrl?: string | undefined;
  /** Where metrics are shown; undefined: nothing is measured. */
  readonly metrics?: OperationsSettings | undefined;
  readonly tools: ToolSourcesSettings;
  readonly webhooks: {
    /** The secrets that sign the default tenant's webhooks until it rotates them. */
    readonly secrets: readonly string[];
    readonly encryptionKey?: Buffer | undefined;
  };
  readonly rules: Rules;
  /** The operator's agents, for all tenants. */
  readonly agents: readonly FileAgent[];
  readonly routes: RouteSettings;
}

export interface ComposeOptions {
  readonly log: Logger;
  /** Absent: nothing is traced. */
  readonly tracing?: Tracing | undefined;
  /** Wraps the store: the crash harness ends the process at a named point of it. */
  readonly wrapStore?: (store: PawlStore) => PawlStore;
}

export interface ComposedGateway {
  readonly port: number;
  /** True: requests from this machine are answered without an API key now. */
  readonly isKeyless: boolean;
  /** What has to be closed, in this order. */
  readonly closers: readonly Closer[];
}

/** The gateway may not answer without an API key, and there is none. */
export class ApiKeyMissingError extends Error {
  override readonly name = 'ApiKeyMissingError';
}

/**
 * Wires a whole gateway and lets it listen. `Date.now()` of this process tells the time of Redis from then on.
 *
 * @throws ApiKeyMissingError
 */
export async function composeGateway(
  settings: GatewaySettings,
  { log, tracing, wrapStore = (store) => store }: ComposeOptions,
): Promise<ComposedGateway> {
  const { name, redisUrl, durability, shards, retention, events, host, rules, routes, webhooks } =
    settings;
  const redis = connectRedis(redisUrl, 'producer', { logger: log });
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
  const metrics = settings.metrics && createMetrics();
  if (metrics !== undefined) timeCommands(redis, metrics.recorder);
  const plainStore = createStore({
    redis,
    subscriber,
    shards,
    retention,
    ...(events && { events }),
    name,
    durability,
    // Workers go on with what a gateway commits.
    remembered: 0,
    tasks: createTaskScript(keys),
  });
  const tracedStore = tracing ? traceStore(plainStore, tracing) : plainStore;
  const store = wrapStore(metrics ? meterStore(tracedStore, metrics.recorder) : tracedStore);
  await store.checkCompatibility();
  const at = Date.now();
  await store.writeFileAgents(
    settings.agents.map((agent) => ({ ...agent, source: 'file', createdAt: at, updatedAt: at })),
  );
  if (!routes.allowsKeyless && !(await store.hasApiKeys())) {
    throw new ApiKeyMissingError('The gateway needs an API key, and there is none yet.');
  }
  const watch = watchStorage({ check: () => store.checkStorage(), log });
  const queue = createTaskQueue({ connection: redis, keys, shards });
  const tools = createToolSources({ ...settings.tools, traceHeaders: tracing?.headers });
  const schemas = createSchemaChecker();
  const consoleFiles = await readConsoleFiles(consoleFolder());
  const closing = new AbortController();
  metrics?.showState({ store, queue, redis, log });
  const operations =
    settings.metrics &&
    metrics &&
    (await serveOperations(settings.metrics, {
      metrics,
      problems: () => (closing.signal.aborted ? ['The gateway is shutting down.'] : []),
    }));
  if (operations !== undefined) log.info({ port: operations.port }, 'metrics are shown');
  const server = await serve({
    host,
    port: settings.port,
    bounds: { connections: settings.connections },
    log,
    answer: (port, messages) => {
      const publicUrl = settings.publicUrl ?? `http://localhost:${port}`;
      const gateway: Gateway = {
        settings: routes,
        engine: {
          store,
          queue,
          rules,
          now: Date.now,
          random: Math.random,
          onLostWake: (error) =>
            log.warn({ err: error }, 'a wake-up got lost: the sweeper will make up for it'),
          links: linksOf(publicUrl),
          currentTrace: tracing?.current,
        },
        webhookSecrets: createWebhookSecrets({
          redis,
          keys,
          encryptionKey: webhooks.encryptionKey,
          given: { [defaultTenant]: webhooks.secrets },
        }),
        tools,
        schemas,
        checkServer,
        bullQueues: queue.bullQueues,
        readState: (now) => readState({ store, queue, redis }, now),
        publicUrl,
        consoleFiles,
        log,
        recorder: metrics?.recorder,
        tracing,
        closing: closing.signal,
      };
      return createApp(gateway, messages);
    },
  });
  return {
    port: server.port,
    isKeyless: routes.allowsKeyless && !(await store.requiresApiKey()),
    closers: [
      { name: 'long polls', close: () => closing.abort() },
      { name: 'drain', close: () => server.drain(settings.drain) },
      { name: 'http', close: () => server.stop() },
      { name: 'traces', close: () => tracing?.stop() },
      { name: 'metrics', close: () => operations?.stop() },
      { name: 'queue', close: () => queue.close() },
      { name: 'tools', close: () => tools.close() },
      { name: 'schemas', close: () => schemas.close() },
      { name: 'time', close: () => time.stop() },
      { name: 'storage watch', close: () => watch.stop() },
      { name: 'redis', close: () => [redis, subscriber].map((each) => each.disconnect()) },
    ],
  };
}
