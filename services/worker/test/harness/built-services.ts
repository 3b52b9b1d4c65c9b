import { startSandbox } from '@pawl/sandbox';
import { type RunningService, spawnService, startOwnRedis, testShards } from '@pawl/testing';
import { afterAll, expect } from 'vitest';

/**
 * The built programs, as processes of their own on a Redis and a sandbox of their own, since they always use the name
 * space `pawl`. All of it ends after the file's last test.
 *
 * @param settings variables of every process
 */
export async function createBuiltServices(settings: Readonly<Record<string, string>> = {}) {
  const [redis, sandbox] = await Promise.all([startOwnRedis(), startSandbox({ autoActive: true })]);
  const services: RunningService[] = [];
  let gatewayUrl = '';

  afterAll(async () => {
    for (const service of services) service.kill('SIGKILL');
    await Promise.all(services.map(({ exited }) => exited));
    await sandbox.close();
    await redis.remove();
  });

  async function start(
    name: 'gateway' | 'worker',
    further: Readonly<Record<string, string>> = {},
  ): Promise<RunningService> {
    const service = await spawnService({
      entry: `services/${name}/dist/main.js`,
      env: {
        REDIS_URL: redis.url,
        PAWL_SHARDS: String(testShards),
        SCALEKIT_ENVIRONMENT_URL: sandbox.origin,
        SCALEKIT_CLIENT_ID: sandbox.clientId,
        SCALEKIT_CLIENT_SECRET: sandbox.clientSecret,
        FASTROUTER_BASE_URL: sandbox.modelBaseUrl,
        FASTROUTER_API_KEY: sandbox.modelApiKey,
        FASTROUTER_MODEL: 'openai/gpt-4o-mini',
        SCALEKIT_IDENTIFIER: 'user_123',
        SCALEKIT_CONNECTION_NAME: 'gmail',
        PORT: '0',
        ...settings,
        ...further,
      },
      ready: /(worker is ready|gateway is listening)/,
    });
    services.push(service);
    if (name === 'gateway') {
      const { port } = JSON.parse(service.readyLine) as { port: number };
      gatewayUrl = `http://127.0.0.1:${port}`;
    }
    return service;
  }

  /** Asks the newest gateway, and fails where it refuses. */
  async function ask<Answer>(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    { body, headers = {} }: { body?: object; headers?: Readonly<Record<string, string>> } = {},
  ): Promise<Answer> {
    const answer = await fetch(`${gatewayUrl}${path}`, {
      method,
      headers: { 'Content-Type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    expect({ isAnswered: answer.ok, text }).toMatchObject({ isAnswered: true });
    return (text === '' ? undefined : JSON.parse(text)) as Answer;
  }

  return { sandbox, start, ask };
}

/** The lines of log that a process has written. */
export function logOf({ lines }: RunningService): Record<string, unknown>[] {
  return lines.flatMap((line) =>
    line.startsWith('{') ? [JSON.parse(line) as Record<string, unknown>] : [],
  );
}
