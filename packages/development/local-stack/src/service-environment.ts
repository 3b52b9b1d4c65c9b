import type { EnvironmentSource } from '@pawl/runtime';
import type { StackPlan } from './stack-plan.ts';
import type { SandboxAccess } from './start-sandbox-part.ts';

/** What the local stack brought along and chose. */
export interface StackFindings {
  readonly plan: StackPlan;
  readonly redisUrl: string | undefined;
  readonly sandbox: SandboxAccess | undefined;
  readonly host: string;
  readonly port: number;
}

/** The environment of gateway and worker: the given one, completed by what the local stack brought. */
export function serviceEnvironment(
  given: EnvironmentSource,
  { plan, redisUrl, sandbox, host, port }: StackFindings,
): NodeJS.ProcessEnv {
  const set = Object.fromEntries(
    Object.entries(given).filter(([, value]) => (value ?? '').trim() !== ''),
  );
  return {
    PUBLIC_URL: `http://localhost:${port}`,
    SCALEKIT_CONNECTION_NAME: 'gmail',
    SCALEKIT_IDENTIFIER: 'user_123',
    FASTROUTER_MODEL: 'openai/gpt-4o-mini',
    ...set,
    HOST: host,
    PORT: String(port),
    ...(redisUrl !== undefined && { REDIS_URL: redisUrl }),
    ...(plan.sandboxTools &&
      sandbox !== undefined && {
        SCALEKIT_ENVIRONMENT_URL: sandbox.url,
        SCALEKIT_CLIENT_ID: sandbox.clientId,
        SCALEKIT_CLIENT_SECRET: sandbox.clientSecret,
      }),
    ...(plan.sandboxModel &&
      sandbox !== undefined && {
        FASTROUTER_BASE_URL: sandbox.modelBaseUrl,
        FASTROUTER_API_KEY: sandbox.modelApiKey,
      }),
  };
}

/** How this machine reaches the gateway. */
export function gatewayUrl(host: string, port: number): string {
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}
