// A worker as services/worker composes it, around ports that come by the traps of its assignment.
import { connectUrlOf, defaultRules } from '@pawl/engine';
import { createModelClient, createToolClient, createWebhookClient } from '@pawl/providers';
import { createTaskQueue } from '@pawl/queue';
import { connectRedis, createLogger, exitOnFatalError, startWatchdog } from '@pawl/runtime';
import { createKeys, createStore, createWebhookSecrets } from '@pawl/store';
import { startWorker } from '@pawl/worker/start-worker';
import { readProcessSettings, webhookSecret } from './messages.ts';
import { obeyOrders } from './obey-orders.ts';
import { springTraps, trappedModel, trappedStore, trappedTools } from './trap.ts';

const { redisUrl, sandbox, timings, toolEffects } = readProcessSettings();
const log = createLogger({ name: 'harness worker', level: 'warn' });
exitOnFatalError(log);

const { blockedLimit: limit } = timings;
const watchdog = limit === undefined ? undefined : startWatchdog({ name: 'harness worker', limit });
const shards = 1;
const retention = 86_400_000;
const tools = createToolClient({
  environmentUrl: sandbox.origin,
  clientId: sandbox.clientId,
  clientSecret: sandbox.clientSecret,
  toolTimeout: timings.toolTimeout,
});
const model = createModelClient({
  baseUrl: sandbox.modelBaseUrl,
  apiKey: sandbox.modelApiKey,
  timeout: 300_000,
});

const webhookClient = createWebhookClient({ timeout: 10_000, allowedHosts: ['127.0.0.1'] });

obeyOrders(async ({ name, traps }) => {
  const reach = springTraps(traps);
  const redis = connectRedis(redisUrl, 'worker', { logger: log });
  const producer = connectRedis(redisUrl, 'worker', { logger: log });
  const subscriber = connectRedis(redisUrl, 'subscriber', { logger: log });
  const keys = createKeys(name);
  const { tag: prefixOf } = keys;
  const queue = createTaskQueue({ connection: producer, prefixOf, shards });
  const worker = await startWorker({
    store: trappedStore(createStore({ redis, subscriber, shards, name, retention }), reach),
    queue,
    model: trappedModel(model, reach),
    tools: trappedTools(tools, reach),
    log,
    connection: redis,
    prefixOf,
    rules: {
      ...defaultRules,
      backOffBase: timings.backOffBase,
      toolTimeout: timings.toolTimeout + 1_000,
    },
    webhooks: {
      client: webhookClient,
      secrets: createWebhookSecrets({ redis, keys, given: { default: [webhookSecret] } }),
      concurrency: 50,
    },
    connectUrl: connectUrlOf('http://localhost'),
    tasks: { toolLimit: 128, historyCharacters: 400_000, toolEffects, logContent: false },
    timings,
    ...(watchdog === undefined ? {} : { watchdog }),
  });
  return {
    async stop() {
      await worker.stop();
      await queue.close();
      for (const connection of [redis, producer, subscriber]) connection.disconnect();
    },
  };
});
