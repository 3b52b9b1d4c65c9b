import type { PawlClient } from '@pawl/client';
import { durabilities, findRepositoryRoot, withEnvironmentFile } from '@pawl/runtime';
import { z } from 'zod';
import { type EnvironmentSource, HttpUrl, parseEnvironment } from '../command/env.ts';
import { checkGateway } from './check-gateway.ts';
import { checkModel, checkScalekit } from './check-providers.ts';
import { checkRedisServer } from './check-redis.ts';
import type { Finding } from './findings.ts';

export interface DiagnosisSettings {
  readonly client: PawlClient;
  readonly gatewayUrl: string;
  readonly environment: EnvironmentSource;
  /** False: only the variables that are set count. */
  readonly readsEnvironmentFile: boolean;
  readonly fetch: typeof globalThis.fetch;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** What the services read, as far as it is looked at. */
const ServiceEnvironment = z.object({
  REDIS_URL: z.string().optional(),
  REDIS_DURABILITY: z.enum(durabilities).default('standard'),
  SCALEKIT_ENVIRONMENT_URL: HttpUrl.optional(),
  SCALEKIT_CLIENT_ID: z.string().optional(),
  SCALEKIT_CLIENT_SECRET: z.string().optional(),
  SCALEKIT_CONNECTION_NAME: z.string().default(''),
  FASTROUTER_BASE_URL: HttpUrl.default('https://api.fastrouter.ai/api/v1'),
  FASTROUTER_API_KEY: z.string().optional(),
  FASTROUTER_MODEL: z.string().default('openai/gpt-4o-mini'),
});

/**
 * Looks at everything that Pawl needs, at once.
 *
 * @throws UsageError that names the variables that cannot be used.
 */
export async function diagnose(settings: DiagnosisSettings): Promise<readonly Finding[]> {
  const { client, gatewayUrl: url, fetch, now, signal, readsEnvironmentFile } = settings;
  const root = readsEnvironmentFile ? findRepositoryRoot(import.meta.url) : undefined;
  const variables = parseEnvironment(
    ServiceEnvironment,
    withEnvironmentFile(settings.environment, root),
  );
  const connections = variables.SCALEKIT_CONNECTION_NAME.split(',').map((name) => name.trim());
  const checks = [
    checkGateway({ client, url, fetch, now }),
    checkRedisServer({ url: variables.REDIS_URL, durability: variables.REDIS_DURABILITY, now }),
    checkScalekit({
      environmentUrl: variables.SCALEKIT_ENVIRONMENT_URL,
      clientId: variables.SCALEKIT_CLIENT_ID,
      clientSecret: variables.SCALEKIT_CLIENT_SECRET,
      connections: connections.filter((name) => name !== ''),
    }),
    checkModel({
      baseUrl: variables.FASTROUTER_BASE_URL,
      apiKey: variables.FASTROUTER_API_KEY,
      model: variables.FASTROUTER_MODEL,
    }),
  ];
  return (await Promise.all(checks.map((check) => check(signal)))).flat();
}
