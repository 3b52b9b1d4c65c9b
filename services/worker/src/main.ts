import { defaultTenant } from '@pawl/contracts';
import { connectUrlOf, defaultRules } from '@pawl/engine';
import { createModelClient, createToolClient, createWebhookClient } from '@pawl/providers';
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
  startWatchdog,
  whenRedisReady,
  withEnvironmentFile,
} from '@pawl/runtime';
import { createKeys, createStore, createWebhookSecrets } from '@pawl/store';
import { readWorkerEnvironment, webhookRules } from './env.ts';
import { startWorker } from './start-worker.ts';

const environment = exitOnEnvironmentError(() =>
  readWorkerEnvironment(withEnvironmentFile(process.env, findRepositoryRoot(import.meta.url))),
);
const log = createLogger({ name: 'worker', level: environment.LOG_LEVEL });
exitOnFatalError(log);

const milliseconds = (seconds: number) => Math.round(seconds * 1_000);
const toolTimeout = milliseconds(environment.TOOL_TIMEOUT_SECONDS);
const shards = environment.PAWL_SHARDS;
const keys = createKeys('pawl');
const { tag: prefixOf } = keys;

const redis = connectRedis(environment.REDIS_URL, 'worker', { logger: log });
const producer = connectRedis(environment.REDIS_URL, 'worker', { logger: log });
const subscriber = connectRedis(environment.REDIS_URL, 'subscriber', { logger: log });
await whenRedisReady(redis, 30_000);
const time = await followRedisTime(redis, { logger: log });
for (const problem of await checkRedis(redis))
  log.warn({ problem }, 'Redis is not as it should be');

const store = createStore({
  redis,
  subscriber,
  shards,
  retention: milliseconds(environment.JOB_RETENTION_DAYS * 86_400),
});
await store.checkCompatibility();
const queue = createTaskQueue({ connection: producer, prefixOf, shards });
const tools = createToolClient({
  environmentUrl: environment.SCALEKIT_ENVIRONMENT_URL,
  clientId: environment.SCALEKIT_CLIENT_ID,
  clientSecret: environment.SCALEKIT_CLIENT_SECRET,
  toolTimeout,
  maxAnswerBytes: environment.TOOL_ANSWER_BYTES,
});
const webhookTimeout = milliseconds(environment.WEBHOOK_TIMEOUT_SECONDS);
const webhookClient = createWebhookClient({
  timeout: webhookTimeout,
  allowedHosts: environment.WEBHOOK_ALLOWED_HOSTS,
  onRefused: (refused) => log.warn(refused, 'a webhook to an internal address was refused'),
});
const watchdog = startWatchdog({
  name: 'worker',
  limit: milliseconds(environment.WORKER_BLOCKED_SECONDS ?? environment.WORKER_LOCK_SECONDS),
  isSilent: environment.LOG_LEVEL === 'silent',
});
const worker = await startWorker({
  watchdog,
  store,
  queue,
  log,
  prefixOf,
  connection: redis,
  model: createModelClient({
    baseUrl: environment.FASTROUTER_BASE_URL,
    apiKey: environment.FASTROUTER_API_KEY,
    timeout: milliseconds(environment.MODEL_TIMEOUT_SECONDS),
    outputLimitField: environment.MODEL_OUTPUT_LIMIT_FIELD,
    maxAnswerBytes: environment.MODEL_ANSWER_BYTES,
  }),
  tools,
  // A call that has timed out may still be on its way back for a moment.
  rules: {
    ...defaultRules,
    toolTimeout: toolTimeout + 5_000,
    scheduleFailures: environment.SCHEDULE_FAILURES_LIMIT,
    limits: { tenant: environment.TENANT_LIMITS, user: environment.USER_LIMITS },
    webhooks: webhookRules({
      timeout: webhookTimeout,
      waits: environment.WEBHOOK_RETRY_SECONDS?.map(milliseconds),
      shards,
    }),
  },
  webhooks: {
    client: webhookClient,
    secrets: createWebhookSecrets({
      redis,
      keys,
      encryptionKey: environment.PAWL_ENCRYPTION_KEY,
      given: { [defaultTenant]: environment.WEBHOOK_SECRET },
    }),
    concurrency: environment.WEBHOOK_CONCURRENCY,
  },
  connectUrl: connectUrlOf(environment.PUBLIC_URL ?? `http://localhost:${environment.PORT}`),
  tasks: {
    toolLimit: environment.TOOL_LIMIT,
    historyCharacters: environment.HISTORY_CHARACTERS,
    toolEffects: environment.TOOL_EFFECTS,
    logContent: environment.LOG_CONTENT,
  },
  timings: {
    concurrency: environment.WORKER_CONCURRENCY,
    ...(environment.WORKER_RESERVE === undefined ? {} : { reserve: environment.WORKER_RESERVE }),
    lockDuration: milliseconds(environment.WORKER_LOCK_SECONDS),
    stalledInterval: milliseconds(environment.WORKER_STALLED_SECONDS),
    sweepInterval: milliseconds(environment.WORKER_SWEEP_SECONDS),
    grace: milliseconds(environment.WORKER_GRACE_SECONDS),
  },
});
log.info({ concurrency: environment.WORKER_CONCURRENCY, shards }, 'worker is ready');

runUntilSignal({
  logger: log,
  timeLimitMilliseconds: milliseconds(environment.WORKER_GRACE_SECONDS) + 10_000,
  closers: [
    { name: 'worker', close: () => worker.stop() },
    { name: 'queue', close: () => queue.close() },
    { name: 'tools', close: () => tools.close() },
    { name: 'watchdog', close: () => watchdog.stop() },
    { name: 'time', close: () => time.stop() },
    { name: 'redis', close: () => [redis, producer, subscriber].map((each) => each.disconnect()) },
  ],
});
