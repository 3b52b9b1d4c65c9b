import { PublicUrl } from '@pawl/contracts';
import {
  outputLimitFields,
  scalekitVariables,
  toolEffects,
  toolSourcesVariable,
  webhookAllowedHosts,
  webhookSecrets,
} from '@pawl/providers';
import {
  durabilities,
  type EnvironmentSource,
  logLevels,
  readEnvironment,
  redisUrl,
} from '@pawl/runtime';
import { encryptionKey, limitVariables, retentionVariables } from '@pawl/store';
import { metricsVariables, tracingVariables } from '@pawl/telemetry';
import { z } from 'zod';
import { archiveVariables, requireArchiveKeys } from './archive/archive-variables.ts';

const seconds = (fallback: number) => z.coerce.number().positive().default(fallback);
const count = (fallback: number) => z.coerce.number().int().min(1).default(fallback);
const flag = z.stringbool().default(false);

const waits = z
  .string()
  .transform((text) => text.split(',').map((part) => Number(part.trim() || Number.NaN)))
  .pipe(z.array(z.number().min(0).max(604_800)).max(50))
  .optional();

const Environment = z.object({
  NODE_ENV: z.string().default('development'),
  REDIS_URL: redisUrl.describe('Point it at Redis 6.2 or later, such as redis://localhost:6379.'),
  REDIS_DURABILITY: z.enum(durabilities).default('standard'),
  PAWL_SHARDS: count(1),
  ...scalekitVariables,
  FASTROUTER_API_KEY: z
    .string()
    .describe(
      'Copy it from the FastRouter dashboard; an endpoint that asks for none takes any word.',
    ),
  FASTROUTER_BASE_URL: z.url().default('https://api.fastrouter.ai/api/v1'),
  WORKER_CONCURRENCY: count(50).describe(
    'Turns, and as many tool calls, of one user at a time in this process, for each shard.',
  ),
  WORKER_RESERVE: z.coerce
    .number()
    .int()
    .min(0)
    .optional()
    .describe('Slots beyond that, which are kept for other users and tenants.'),
  WORKER_GRACE_SECONDS: seconds(20).describe(
    'What calls in flight get when the worker is stopped.',
  ),
  WORKER_LOCK_SECONDS: seconds(8),
  WORKER_BLOCKED_SECONDS: z.coerce
    .number()
    .positive()
    .optional()
    .describe('The process is ended when its event loop stands still for so long.'),
  WORKER_STALLED_SECONDS: seconds(4),
  WORKER_SWEEP_SECONDS: seconds(4),
  MODEL_TIMEOUT_SECONDS: seconds(300),
  MODEL_OUTPUT_LIMIT_FIELD: z
    .enum(outputLimitFields)
    .default('max_completion_tokens')
    .describe('How the model endpoint wants the bound on the output to be called.'),
  TOOL_TIMEOUT_SECONDS: seconds(60),
  MODEL_ANSWER_BYTES: count(4_194_304).describe(
    'How many bytes one answer of the model endpoint may have, decompressed.',
  ),
  TOOL_ANSWER_BYTES: count(4_194_304).describe(
    'How many bytes one answer of Scalekit may have, decompressed.',
  ),
  TOOL_LIMIT: count(40).describe(
    'Tools above which a model is offered the best matches, and a search.',
  ),
  TOOL_RESULT_CHARACTERS: count(20_000).describe(
    'Characters of one tool’s result that a model call is given.',
  ),
  TOOL_EFFECTS: toolEffects,
  HISTORY_CHARACTERS: count(400_000),
  WEBHOOK_SECRET: webhookSecrets,
  PAWL_ENCRYPTION_KEY: encryptionKey.optional(),
  PUBLIC_URL: PublicUrl.optional().describe(
    'How browsers reach the gateway: webhooks name it in their links.',
  ),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3_000),
  WEBHOOK_ALLOWED_HOSTS: webhookAllowedHosts,
  WEBHOOK_TIMEOUT_SECONDS: seconds(20),
  WEBHOOK_RETRY_SECONDS: waits.describe(
    'The waits before the second and every further attempt, in seconds, separated by commas.',
  ),
  WEBHOOK_CONCURRENCY: count(100).describe('Webhooks that this process sends at a time.'),
  SCHEDULE_FAILURES_LIMIT: count(10).describe(
    'Failed jobs in a row after which a schedule disables itself.',
  ),
  ...limitVariables,
  ...metricsVariables,
  ...tracingVariables,
  ...retentionVariables,
  ...archiveVariables,
  LOG_LEVEL: z.enum(logLevels).default('info'),
  LOG_CONTENT: flag,
});

const environmentOf = (source: EnvironmentSource) =>
  Environment.extend({ TOOL_SOURCES: toolSourcesVariable(source) });

export type WorkerEnvironment = z.output<ReturnType<typeof environmentOf>>;

/** Throws an EnvironmentError that names every problem. */
export function readWorkerEnvironment(source: EnvironmentSource): WorkerEnvironment {
  const schema = environmentOf(source).superRefine(requireArchiveKeys, { when: () => true });
  return readEnvironment(schema, source);
}
