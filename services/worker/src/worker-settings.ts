import { linksOf, defaultRules, defaultWebhookRules, type WebhookRules } from '@pawl/engine';
import { shippedChecks } from '@pawl/providers';
import { retentionSettings } from '@pawl/store';
import { metricsSettings } from '@pawl/telemetry';
import { archiveSettings } from './archive/archive-variables.ts';
import type { WorkerSettings } from './compose-worker.ts';
import type { WorkerEnvironment } from './env.ts';

const milliseconds = (seconds: number) => Math.round(seconds * 1_000);

/** A call that has timed out may still be on its way back for this long, in milliseconds. */
const lateReturn = 5_000;

/** What the variables of the environment say, in the units and groups that the worker is composed with. */
export function workerSettings(environment: WorkerEnvironment): WorkerSettings {
  const shards = environment.PAWL_SHARDS;
  const toolTimeout = milliseconds(environment.TOOL_TIMEOUT_SECONDS);
  const webhookTimeout = milliseconds(environment.WEBHOOK_TIMEOUT_SECONDS);
  return {
    name: 'pawl',
    redisUrl: environment.REDIS_URL,
    durability: environment.REDIS_DURABILITY,
    shards,
    ...retentionSettings(environment),
    metrics: metricsSettings(environment),
    archive: archiveSettings(environment),
    model: {
      baseUrl: environment.FASTROUTER_BASE_URL,
      apiKey: environment.FASTROUTER_API_KEY,
      timeout: milliseconds(environment.MODEL_TIMEOUT_SECONDS),
      outputLimitField: environment.MODEL_OUTPUT_LIMIT_FIELD,
      maxAnswerBytes: environment.MODEL_ANSWER_BYTES,
    },
    tools: {
      environmentUrl: environment.SCALEKIT_ENVIRONMENT_URL,
      clientId: environment.SCALEKIT_CLIENT_ID,
      clientSecret: environment.SCALEKIT_CLIENT_SECRET,
      toolTimeout,
      maxAnswerBytes: environment.TOOL_ANSWER_BYTES,
      sources: environment.TOOL_SOURCES?.sources,
      publicUrl: environment.PUBLIC_URL ?? `http://localhost:${environment.PORT}`,
    },
    webhooks: {
      timeout: webhookTimeout,
      allowedHosts: environment.WEBHOOK_ALLOWED_HOSTS,
      concurrency: environment.WEBHOOK_CONCURRENCY,
      secrets: environment.WEBHOOK_SECRET,
      encryptionKey: environment.PAWL_ENCRYPTION_KEY,
    },
    rules: {
      ...defaultRules,
      toolTimeout: toolTimeout + lateReturn,
      scheduleFailures: environment.SCHEDULE_FAILURES_LIMIT,
      limits: { tenant: environment.TENANT_LIMITS, user: environment.USER_LIMITS },
      webhooks: webhookRules({
        timeout: webhookTimeout,
        waits: environment.WEBHOOK_RETRY_SECONDS?.map(milliseconds),
        shards,
      }),
    },
    links: linksOf(environment.PUBLIC_URL ?? `http://localhost:${environment.PORT}`),
    tasks: {
      toolLimit: environment.TOOL_LIMIT,
      resultCharacters: environment.TOOL_RESULT_CHARACTERS,
      historyCharacters: environment.HISTORY_CHARACTERS,
      toolEffects: environment.TOOL_EFFECTS,
      checks: [...(environment.TOOL_SOURCES?.checks ?? []), ...shippedChecks],
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
    watchdog: {
      limit: milliseconds(environment.WORKER_BLOCKED_SECONDS ?? environment.WORKER_LOCK_SECONDS),
      isSilent: environment.LOG_LEVEL === 'silent',
    },
  };
}

/** A worker that has sent its webhook, or given up on it, still has to write that down. */
const margin = 10_000;

/**
 * The rules of webhooks by what is configured, in milliseconds.
 *
 * An origin's deliveries are counted in each shard, since a script cannot reach over shards: the limit is divided.
 */
function webhookRules({
  timeout,
  waits,
  shards,
}: {
  readonly timeout: number;
  readonly waits?: readonly number[] | undefined;
  readonly shards: number;
}): WebhookRules {
  const { originLimit, schedule } = defaultWebhookRules;
  return {
    ...defaultWebhookRules,
    schedule: waits === undefined ? schedule : [0, ...waits],
    lease: timeout + margin,
    originLimit: Math.max(1, Math.floor(originLimit / shards)),
  };
}
