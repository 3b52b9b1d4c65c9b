import { defaultTenant } from '@pawl/contracts';
import { connectUrlOf, defaultRules } from '@pawl/engine';
import { createToolClient, createWebhookUrlCheck } from '@pawl/providers';
import { createTaskQueue } from '@pawl/queue';
import {
  checkRedis,
  connectRedis,
  createLogger,
  exitOnEnvironmentError,
  exitOnFatalError,
  findRepositoryRoot,
  followRedisTime,
  runUntilSignal,
  whenRedisReady,
  withEnvironmentFile,
} from '@pawl/runtime';
import { createKeys, createStore, createWebhookSecrets } from '@pawl/store';
import { createApp } from './app.ts';
import { readGatewayEnvironment } from './env.ts';
import { consentOrigins, defaultInstructions, defaultWaiters } from './gateway.ts';
import { isLoopbackName } from './http/refuse-foreigners.ts';
import { serve } from './serve.ts';
import { missingKeys, startNotices } from './start-notices.ts';

const environment = exitOnEnvironmentError(() =>
  readGatewayEnvironment(withEnvironmentFile(process.env, findRepositoryRoot(import.meta.url))),
);
const log = createLogger({ name: 'gateway', level: environment.LOG_LEVEL });
exitOnFatalError(log);

const { HOST: host, PAWL_SHARDS: shards } = environment;
const keys = createKeys('pawl');
const { tag: prefixOf } = keys;
const redis = connectRedis(environment.REDIS_URL, 'producer', { logger: log });
const subscriber = connectRedis(environment.REDIS_URL, 'subscriber', { logger: log });
await whenRedisReady(redis, 30_000);
const time = await followRedisTime(redis, { logger: log });
for (const problem of await checkRedis(redis)) {
  log.warn({ problem }, 'Redis is not as it should be');
}

const store = createStore({
  redis,
  subscriber,
  shards,
  retention: Math.round(environment.JOB_RETENTION_DAYS * 86_400_000),
});
await store.checkCompatibility();
const allowsKeyless = isLoopbackName(host) && environment.NODE_ENV !== 'production';
if (!allowsKeyless && !(await store.hasApiKeys())) {
  process.stderr.write(missingKeys(host, environment.NODE_ENV));
  process.exit(1);
}

const queue = createTaskQueue({ connection: redis, prefixOf, shards });
const tools = createToolClient({
  environmentUrl: environment.SCALEKIT_ENVIRONMENT_URL,
  clientId: environment.SCALEKIT_CLIENT_ID,
  clientSecret: environment.SCALEKIT_CLIENT_SECRET,
  toolTimeout: defaultRules.toolTimeout,
  // A person in a browser waits for these.
  lookupTimeout: 5_000,
});
const closing = new AbortController();
const server = await serve({
  host,
  port: environment.PORT,
  bounds: { connections: environment.MOST_CONNECTIONS },
  log,
  answer: (port) => {
    const publicUrl = environment.PUBLIC_URL ?? `http://localhost:${port}`;
    return createApp({
      settings: {
        defaults: {
          user: environment.SCALEKIT_IDENTIFIER,
          connections: environment.SCALEKIT_CONNECTION_NAME,
          model: environment.FASTROUTER_MODEL,
          instructions: defaultInstructions,
          webhookUrl: environment.WEBHOOK_URL,
        },
        allowsKeyless,
        checkWebhookUrl: createWebhookUrlCheck(environment.WEBHOOK_ALLOWED_HOSTS),
        waiters: defaultWaiters,
        applicationName: environment.APPLICATION_NAME,
        connectVerifyUrl: environment.CONNECT_VERIFY_URL,
        consentOrigins: consentOrigins(environment.SCALEKIT_ENVIRONMENT_URL),
        schedules: {
          minimumSeconds: environment.SCHEDULE_MINIMUM_SECONDS,
          perTenant: environment.SCHEDULES_PER_TENANT,
        },
      },
      store,
      engine: {
        store,
        queue,
        rules: {
          ...defaultRules,
          limits: { tenant: environment.TENANT_LIMITS, user: environment.USER_LIMITS },
        },
        now: Date.now,
        random: Math.random,
        onLostWake: (error) =>
          log.warn({ err: error }, 'a wake-up got lost: the sweeper will make up for it'),
        connectUrl: connectUrlOf(publicUrl),
      },
      webhookSecrets: createWebhookSecrets({
        redis,
        keys,
        encryptionKey: environment.PAWL_ENCRYPTION_KEY,
        given: { [defaultTenant]: environment.WEBHOOK_SECRET },
      }),
      tools,
      checkStorage: () => checkRedis(redis),
      publicUrl,
      log,
      closing: closing.signal,
    });
  },
});
log.info({ host, port: server.port }, 'gateway is listening');
const notices = startNotices({
  isProduction: environment.NODE_ENV === 'production',
  isKeyless: allowsKeyless && !(await store.requiresApiKey()),
  hasConnectVerifyUrl: environment.CONNECT_VERIFY_URL !== undefined,
});
for (const notice of notices) log.warn(notice);

runUntilSignal({
  logger: log,
  timeLimitMilliseconds: 30_000,
  closers: [
    { name: 'long polls', close: () => closing.abort() },
    { name: 'http', close: () => server.stop() },
    { name: 'queue', close: () => queue.close() },
    { name: 'tools', close: () => tools.close() },
    { name: 'time', close: () => time.stop() },
    { name: 'redis', close: () => [redis, subscriber].map((each) => each.disconnect()) },
  ],
});
