import { ConnectionName, ModelName, PublicUrl, User, WebhookUrl } from '@pawl/contracts';
import {
  createWebhookUrlCheck,
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
import { isUsableUser } from './admission/complete-request.ts';
import { agentsDirectory } from './agents/read-agent-files.ts';
import { defaultStreams } from './gateway.ts';
import { defaultBounds } from './serve.ts';

const connectionNames = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== ''),
  )
  .pipe(z.array(ConnectionName).max(20));

/** `https://app.example.com,http://localhost:4000` */
const origins = z
  .string()
  .transform((text) => text.split(/[\s,]+/).filter((origin) => origin !== ''))
  .pipe(
    z.array(
      z
        .string()
        .refine(
          (text) => /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text,
          'must be origins such as https://app.example.com, separated by commas',
        ),
    ),
  )
  .prefault('')
  .describe('Where return_url of POST /v1/accounts/links may lead.');

const redis = redisUrl.describe(
  'Point it at Redis 6.2 or later, such as redis://localhost:6379, or use npm run serve, which brings its own.',
);

const shards = z.coerce.number().int().min(1).max(1_000).default(1);

const defaultModel = 'The model of jobs that name none, such as openai/gpt-4o-mini.';

const Environment = z.object({
  NODE_ENV: z.string().default('development'),
  REDIS_URL: redis,
  REDIS_DURABILITY: z.enum(durabilities).default('standard'),
  PAWL_SHARDS: shards,
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(3_000),
  PUBLIC_URL: PublicUrl.optional(),
  CONNECT_VERIFY_URL: z
    .url({ protocol: /^https?$/, error: 'it must be a URL that starts with http:// or https://' })
    .optional()
    .describe('Your page that confirms which user has authorized an account.'),
  APPLICATION_NAME: z
    .string()
    .max(100)
    .optional()
    .describe('What users know the application as, whose accounts they connect.'),
  ...scalekitVariables,
  SCALEKIT_WEBHOOK_SECRET: webhookSecrets,
  ACCOUNT_RETURN_ORIGINS: origins,
  SCALEKIT_CONNECTION_NAME: connectionNames
    .prefault('')
    .describe('Connection names separated by commas, such as gmail,github.'),
  SCALEKIT_IDENTIFIER: User.refine(isUsableUser, 'it must not contain ::').optional(),
  FASTROUTER_MODEL: ModelName.optional().describe(defaultModel),
  WEBHOOK_URL: WebhookUrl.optional().describe('Where events of jobs without a webhook are sent.'),
  WEBHOOK_SECRET: webhookSecrets,
  WEBHOOK_ALLOWED_HOSTS: webhookAllowedHosts,
  PAWL_ENCRYPTION_KEY: encryptionKey.optional(),
  SCHEDULE_MINIMUM_SECONDS: z.coerce
    .number()
    .int()
    .min(1)
    .max(86_400)
    .default(60)
    .describe('The shortest time between two runs of a schedule.'),
  SCHEDULES_PER_TENANT: z.coerce.number().int().min(0).default(1_000),
  AGENTS_DIR: agentsDirectory,
  TRIGGERS_PER_TENANT: z.coerce.number().int().min(0).default(1_000),
  TRIGGER_REQUESTS_PER_MINUTE: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000_000)
    .default(600)
    .describe('Requests that the address of one trigger takes.'),
  AGENTS_PER_TENANT: z.coerce.number().int().min(0).default(1_000),
  BULL_BOARD_WRITES: z
    .stringbool()
    .default(false)
    .describe('Whether tasks and queues may be changed at /admin/queues.'),
  TOOL_EFFECTS: toolEffects,
  ...limitVariables,
  ...metricsVariables,
  ...tracingVariables,
  MOST_CONNECTIONS: z.coerce
    .number()
    .int()
    .min(1)
    .default(defaultBounds.connections)
    .describe('HTTP connections that may be open at a time.'),
  MOST_EVENT_STREAMS: z.coerce
    .number()
    .int()
    .min(1)
    .default(defaultStreams)
    .describe('Clients that may read events at a time.'),
  GATEWAY_DRAIN_SECONDS: z.coerce
    .number()
    .min(0)
    .max(300)
    .optional()
    .describe('How long requests are taken after SIGTERM, while /readyz says that it stops.'),
  ...retentionVariables,
  LOG_LEVEL: z.enum(logLevels).default('info'),
});

const ProductionEnvironment = Environment.extend({
  FASTROUTER_MODEL: ModelName.describe(defaultModel),
});

type Given = z.output<typeof Environment>;

export type GatewayEnvironment = Given & {
  readonly TOOL_SOURCES?: z.output<ReturnType<typeof toolSourcesVariable>>;
};

/** Throws an EnvironmentError that names every problem. */
export function readGatewayEnvironment(source: EnvironmentSource): GatewayEnvironment {
  const isProduction = source['NODE_ENV']?.trim() === 'production';
  const schema = (isProduction ? ProductionEnvironment : Environment).extend({
    TOOL_SOURCES: toolSourcesVariable(source),
  });
  const always = { when: () => true };
  return readEnvironment(
    schema.superRefine(requireWebhookSecret, always).superRefine(checkWebhookUrl, always),
    source,
  );
}

/** Nothing would ever be delivered there. */
function checkWebhookUrl(
  { WEBHOOK_URL, WEBHOOK_ALLOWED_HOSTS }: Given,
  context: z.RefinementCtx,
): void {
  if (WEBHOOK_URL === undefined || WEBHOOK_ALLOWED_HOSTS === undefined) return;
  const message = createWebhookUrlCheck(WEBHOOK_ALLOWED_HOSTS)(WEBHOOK_URL);
  if (message !== undefined) context.addIssue({ code: 'custom', path: ['WEBHOOK_URL'], message });
}

/** Without a secret, and without the key to keep one with, every job would be refused. */
function requireWebhookSecret(
  { WEBHOOK_URL, WEBHOOK_SECRET, PAWL_ENCRYPTION_KEY }: Given,
  context: z.RefinementCtx,
): void {
  if (WEBHOOK_URL === undefined) return;
  if (WEBHOOK_SECRET.length !== 0 || PAWL_ENCRYPTION_KEY !== undefined) return;
  context.addIssue({
    code: 'custom',
    path: ['WEBHOOK_URL'],
    message:
      'nothing signs what is sent there: set WEBHOOK_SECRET, or PAWL_ENCRYPTION_KEY to make secrets by the API',
  });
}

const KeysEnvironment = z.object({ REDIS_URL: redis });

/** What the API keys' command reads. Throws an EnvironmentError. */
export function readKeysEnvironment(source: EnvironmentSource): z.output<typeof KeysEnvironment> {
  return readEnvironment(KeysEnvironment, source);
}

const LimitsEnvironment = z.object({ REDIS_URL: redis, PAWL_SHARDS: shards, ...limitVariables });

/** What the limits' command reads. Throws an EnvironmentError. */
export function readLimitsEnvironment(
  source: EnvironmentSource,
): z.output<typeof LimitsEnvironment> {
  return readEnvironment(LimitsEnvironment, source);
}
