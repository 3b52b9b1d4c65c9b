import type { TenantLimits } from '@pawl/contracts';
import { linksOf, defaultRules, type Engine } from '@pawl/engine';
import { type ConfiguredSources, createToolSources, createWebhookUrlCheck } from '@pawl/providers';
import { createTaskQueue, createTaskScript, type PawlTaskQueue } from '@pawl/queue';
import {
  checkRedis,
  connectRedis,
  createLogger,
  createSchemaChecker,
  type Durability,
  whenRedisReady,
} from '@pawl/runtime';
import {
  createKeys,
  createStore,
  createWebhookSecrets,
  type PawlStore,
  type WebhookSecretSettings,
} from '@pawl/store';
import { readState } from '@pawl/telemetry';
import { type TestRedis, testShards } from '@pawl/testing';
import { afterAll } from 'vitest';
import { createApp } from '../../src/app.ts';
import { consoleFolder, readConsoleFiles } from '../../src/console/console-files.ts';
import {
  consentOrigins,
  defaultInstructions,
  type Gateway,
  type RouteSettings,
} from '../../src/gateway.ts';
import { serve } from '../../src/serve.ts';

export interface TestGateway {
  readonly url: string;
  readonly store: PawlStore;
  readonly engine: Engine<PawlStore>;
  readonly queue: PawlTaskQueue;
  /** Every line that it has logged, as text. */
  readonly logged: readonly string[];
  /** Answers what is under way, as at a shutdown. */
  readonly stop: () => Promise<void>;
}

export interface TestGatewaySettings {
  readonly settings?: Partial<RouteSettings>;
  /** Default: nobody listens there. */
  readonly scalekit?: { origin: string; clientId: string; clientSecret: string };
  /** The operator's own sources of tools. Default: none. */
  readonly sources?: ConfiguredSources;
  /** Default: the run's Redis. */
  readonly redisUrl?: string;
  /** How long Redis may be silent, in milliseconds. */
  readonly silence?: number;
  readonly durability?: Durability;
  readonly publicUrl?: string;
  readonly secrets?: Partial<Pick<WebhookSecretSettings, 'given' | 'encryptionKey'>>;
  /** What the operator limits tenants and users to. Default: nothing. */
  readonly limits?: TenantLimits;
  readonly clock?: () => number;
  /** A part of the file's keys that no other gateway sees. */
  readonly partition?: string;
  readonly shards?: number;
  /** Where the console is. Default: where the build puts it. */
  readonly folder?: string;
}

const nobody = { origin: 'http://127.0.0.1:9', clientId: 'nobody', clientSecret: 'nothing' };

/**
 * The whole gateway in this process, over real HTTP and Redis; stopped after the file's last test.
 *
 * Not `composeGateway`: that makes `Date.now()` of its process follow Redis for good, and the test files share a process.
 */
export async function startTestGateway(
  testRedis: Pick<TestRedis, 'url' | 'namespace'>,
  {
    settings,
    scalekit = nobody,
    sources,
    redisUrl = testRedis.url,
    silence,
    durability = 'standard',
    publicUrl,
    secrets,
    limits = defaultRules.limits,
    clock = Date.now,
    partition,
    shards = testShards,
    folder = consoleFolder(),
  }: TestGatewaySettings = {},
): Promise<TestGateway> {
  const logged: string[] = [];
  const destination = { write: (line: string) => void logged.push(line) };
  const log = createLogger({ name: 'gateway', level: 'debug', destination });
  const connecting = silence === undefined ? {} : { silence };
  const redis = connectRedis(redisUrl, 'producer', connecting);
  const subscriber = connectRedis(redisUrl, 'subscriber', connecting);
  await whenRedisReady(redis, 60_000);
  const name = [testRedis.namespace, ...(partition === undefined ? [] : [partition])].join(':');
  const store = createStore({
    redis,
    subscriber,
    shards,
    name,
    retention: { jobs: { age: 60_000 } },
    durability,
    tasks: createTaskScript(createKeys(name)),
  });
  const queue = createTaskQueue({ connection: redis, keys: createKeys(name), shards });
  const engine: Engine<PawlStore> = {
    store,
    queue,
    rules: { ...defaultRules, limits },
    now: clock,
    random: Math.random,
    onLostWake: (error) => log.warn({ err: error }, 'a wake-up got lost'),
    links: linksOf(publicUrl ?? 'http://localhost:3000'),
  };
  const { origin: environmentUrl, clientId, clientSecret } = scalekit;
  const { toolTimeout } = defaultRules;
  const tools = createToolSources({
    environmentUrl,
    clientId,
    clientSecret,
    toolTimeout,
    sources,
  });
  const webhookSecrets = createWebhookSecrets({
    redis,
    keys: createKeys(name),
    given: {},
    ...secrets,
  });
  const schemas = createSchemaChecker();
  const consoleFiles = await readConsoleFiles(folder);
  const closing = new AbortController();
  const gateway = (port: number): Gateway => ({
    settings: {
      defaults: {
        user: 'user_123',
        connections: [],
        model: 'openai/gpt-4o-mini',
        instructions: defaultInstructions,
      },
      allowsKeyless: true,
      waiters: 100,
      streams: 100,
      toolEffects: {},
      returnOrigins: [],
      scalekitWebhookSecrets: [],
      triggers: { perTenant: 1_000, requestsPerMinute: 1_000 },
      agentsPerTenant: 1_000,
      boardWrites: false,
      schedules: { minimumSeconds: 60, perTenant: 1_000 },
      consentOrigins: consentOrigins(scalekit.origin),
      checkWebhookUrl: createWebhookUrlCheck([]),
      ...settings,
    },
    engine,
    webhookSecrets,
    tools,
    schemas,
    checkServer: () => checkRedis(redis, { durability }),
    bullQueues: queue.bullQueues,
    readState: (now) => readState({ store, queue, redis }, now),
    publicUrl: publicUrl ?? `http://localhost:${port}`,
    consoleFiles,
    log,
    closing: closing.signal,
  });
  const server = await serve({
    host: '127.0.0.1',
    port: 0,
    log,
    answer: (port, messages) => createApp(gateway(port), messages),
  });
  let stopped: Promise<void> | undefined;
  const stop = async () => {
    closing.abort();
    await server.stop();
    await queue.close();
    await tools.close();
    await schemas.close();
    redis.disconnect();
    subscriber.disconnect();
  };
  const stopOnce = () => (stopped ??= stop());
  afterAll(stopOnce);
  return { url: `http://127.0.0.1:${server.port}`, store, engine, queue, logged, stop: stopOnce };
}
