// A gateway as services/gateway composes it, around a store that comes by the traps of its assignment.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connectUrlOf, defaultRules } from '@pawl/engine';
import { createApp } from '@pawl/gateway/app';
import { createToolClient, createWebhookUrlCheck } from '@pawl/providers';
import { createTaskQueue } from '@pawl/queue';
import { connectRedis, createLogger, exitOnFatalError, whenRedisReady } from '@pawl/runtime';
import { createKeys, createStore, createWebhookSecrets } from '@pawl/store';
import { readProcessSettings, webhookSecret } from './messages.ts';
import { obeyOrders } from './obey-orders.ts';
import { springTraps, trappedStore } from './trap.ts';

const { redisUrl, sandbox, timings } = readProcessSettings();
const log = createLogger({ name: 'harness gateway', level: 'warn' });
exitOnFatalError(log);

const shards = 1;
const tools = createToolClient({
  environmentUrl: sandbox.origin,
  clientId: sandbox.clientId,
  clientSecret: sandbox.clientSecret,
  toolTimeout: timings.toolTimeout,
});

obeyOrders(async ({ name, traps }) => {
  const redis = connectRedis(redisUrl, 'producer', { logger: log });
  const subscriber = connectRedis(redisUrl, 'subscriber', { logger: log });
  await whenRedisReady(redis, 10_000);
  const queue = createTaskQueue({ connection: redis, prefixOf: createKeys(name).tag, shards });
  const store = trappedStore(
    createStore({ redis, subscriber, shards, name, retention: 86_400_000 }),
    springTraps(traps),
  );
  const closing = new AbortController();
  const app = createApp({
    settings: {
      defaults: { connections: ['gmail'], model: 'pawl/experiment', instructions: '' },
      allowsKeyless: true,
      waiters: 1_000,
      schedules: { minimumSeconds: 60, perTenant: 1_000 },
      consentOrigins: [],
      checkWebhookUrl: createWebhookUrlCheck(['127.0.0.1']),
    },
    store,
    engine: {
      store,
      queue,
      rules: defaultRules,
      now: Date.now,
      random: Math.random,
      onLostWake: (error) => log.warn({ err: error }, 'a wake-up got lost'),
      connectUrl: connectUrlOf('http://localhost'),
    },
    webhookSecrets: createWebhookSecrets({
      redis,
      keys: createKeys(name),
      given: { default: [webhookSecret] },
    }),
    tools,
    checkStorage: () => Promise.resolve([]),
    publicUrl: 'http://localhost',
    log,
    closing: closing.signal,
  });
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      closing.abort();
      server.closeAllConnections();
      server.close();
      await queue.close();
      for (const connection of [redis, subscriber]) connection.disconnect();
    },
  };
});
