import { randomBytes } from 'node:crypto';
import { startSandbox, type Sandbox, type SandboxOptions } from '@pawl/sandbox';
import {
  freePort,
  type OwnRedis,
  type RunningService,
  spawnService,
  startOwnRedis,
} from '@pawl/testing';
import { apiClient } from './api-client.ts';
import { runBuilt } from './run-built.ts';

/** Everything that the console works with, as in production: built programs, a Redis, the sandbox. */
export interface ConsoleStack {
  readonly url: string;
  readonly sandbox: Sandbox;
  readonly redis: OwnRedis;
  /** With a key that may do everything. */
  readonly api: ReturnType<typeof apiClient>;
  /** A further key. */
  readonly newKey: (name: string, scopes?: string) => Promise<string>;
  /** Ends the gateway, and starts it again at the same address once `meanwhile` is done. */
  readonly restartGateway: (meanwhile: () => Promise<void>) => Promise<void>;
  readonly stop: () => Promise<void>;
}

export async function startConsoleStack(options: SandboxOptions = {}): Promise<ConsoleStack> {
  const [redis, sandbox, port] = await Promise.all([
    startOwnRedis(),
    startSandbox({ autoActive: true, ...options }),
    freePort(),
  ]);
  const url = `http://127.0.0.1:${port}`;
  const environment = {
    REDIS_URL: redis.url,
    SCALEKIT_ENVIRONMENT_URL: sandbox.origin,
    SCALEKIT_CLIENT_ID: sandbox.clientId,
    SCALEKIT_CLIENT_SECRET: sandbox.clientSecret,
    SCALEKIT_IDENTIFIER: 'user_123',
    SCALEKIT_CONNECTION_NAME: 'gmail',
    FASTROUTER_MODEL: 'openai/gpt-4o-mini',
    FASTROUTER_BASE_URL: sandbox.modelBaseUrl,
    FASTROUTER_API_KEY: sandbox.modelApiKey,
    PAWL_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    WEBHOOK_ALLOWED_HOSTS: '127.0.0.1',
    TRIGGER_REQUESTS_PER_MINUTE: '1000',
    PUBLIC_URL: url,
    PORT: String(port),
  };
  const startGateway = () =>
    spawnService({
      entry: 'services/gateway/dist/main.js',
      env: environment,
      ready: /gateway is listening/,
    });
  const running: { gateway: RunningService; worker: RunningService } = {
    gateway: await startGateway(),
    worker: await spawnService({ entry: 'services/worker/dist/main.js', env: environment }),
  };
  const newKey = async (name: string, scopes?: string) => {
    const more = scopes === undefined ? [] : ['--scopes', scopes];
    const { stdout } = await runBuilt('keys.js', ['create', '--name', name, ...more], environment);
    const key = /pawl_[0-9A-Za-z]{10}_[0-9A-Za-z]{32}/.exec(stdout)?.[0];
    if (key === undefined) throw new Error(`no key was made: ${stdout}`);
    return key;
  };
  return {
    url,
    sandbox,
    redis,
    api: apiClient(url, { Authorization: `Bearer ${await newKey('test')}` }),
    newKey,
    async restartGateway(meanwhile) {
      await running.gateway.stop();
      await meanwhile();
      running.gateway = await startGateway();
    },
    async stop() {
      await running.worker.stop();
      await running.gateway.stop();
      await sandbox.close();
      await redis.remove();
    },
  };
}
