import { ToolEffect } from '@pawl/contracts';
import { logLevels, readEnvironment, redisUrl, type EnvironmentSource } from '@pawl/runtime';
import { z } from 'zod';

const seconds = (fallback: number) => z.coerce.number().positive().default(fallback);
const count = (fallback: number) => z.coerce.number().int().min(1).default(fallback);
const flag = z.stringbool().default(false);

const toolEffects = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      context.addIssue({ code: 'custom', message: 'must be JSON' });
      return z.NEVER;
    }
  })
  .pipe(z.record(z.string(), ToolEffect));

const Environment = z.object({
  NODE_ENV: z.string().default('development'),
  REDIS_URL: redisUrl.describe('Point it at Redis 6.2 or later, such as redis://localhost:6379.'),
  PAWL_SHARDS: count(1),
  SCALEKIT_ENVIRONMENT_URL: z.url().describe('Copy it from the Scalekit dashboard under API Keys.'),
  SCALEKIT_CLIENT_ID: z.string().describe('Copy it from the Scalekit dashboard under API Keys.'),
  SCALEKIT_CLIENT_SECRET: z
    .string()
    .describe('Copy it from the Scalekit dashboard under API Keys.'),
  FASTROUTER_API_KEY: z.string().describe('Copy it from the FastRouter dashboard.'),
  FASTROUTER_BASE_URL: z.url().default('https://api.fastrouter.ai/api/v1'),
  WORKER_CONCURRENCY: count(50).describe('Turns, and tool calls, at a time in this process.'),
  WORKER_GRACE_SECONDS: seconds(20).describe(
    'What calls in flight get when the worker is stopped.',
  ),
  WORKER_LOCK_SECONDS: seconds(8),
  WORKER_STALLED_SECONDS: seconds(4),
  WORKER_SWEEP_SECONDS: seconds(4),
  MODEL_TIMEOUT_SECONDS: seconds(300),
  TOOL_TIMEOUT_SECONDS: seconds(60),
  TOOL_LIMIT: count(128).describe('Tools that one request to the model endpoint may offer.'),
  TOOL_EFFECTS: toolEffects
    .prefault('{}')
    .describe('JSON from tool name to "reads", "idempotent" or "writes".'),
  HISTORY_CHARACTERS: count(400_000),
  JOB_RETENTION_DAYS: seconds(30),
  LOG_LEVEL: z.enum(logLevels).default('info'),
  LOG_CONTENT: flag,
});

export type WorkerEnvironment = z.output<typeof Environment>;

/** Throws an EnvironmentError that names every problem. */
export function readWorkerEnvironment(source: EnvironmentSource): WorkerEnvironment {
  return readEnvironment(Environment, source);
}
