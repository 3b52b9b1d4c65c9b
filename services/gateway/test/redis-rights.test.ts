import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findRepositoryRoot } from '@pawl/runtime';
import { startSandbox } from '@pawl/sandbox';
import { type RunningService, spawnService, startRedisProcess, waitFor } from '@pawl/testing';
import { afterAll, expect, test } from 'vitest';
import { apiClient } from './harness/api-client.ts';

const root = findRepositoryRoot(import.meta.url) ?? '';
const document = await readFile(join(root, 'docs/redis.md'), 'utf8');
const rights = /^ACL SETUSER pawl (.+)$/m.exec(document)?.[1] ?? '';
const redis = await startRedisProcess({ lines: [`user pawl ${rights}`] });
const sandbox = await startSandbox({ autoActive: true });
const services: RunningService[] = [];
afterAll(async () => {
  await Promise.all(services.map((service) => service.stop()));
  await sandbox.close();
  await redis.remove();
});

const environment = {
  REDIS_URL: `redis://pawl:secret@127.0.0.1:${redis.port}`,
  SCALEKIT_ENVIRONMENT_URL: sandbox.origin,
  SCALEKIT_CLIENT_ID: sandbox.clientId,
  SCALEKIT_CLIENT_SECRET: sandbox.clientSecret,
  FASTROUTER_BASE_URL: sandbox.modelBaseUrl,
  FASTROUTER_API_KEY: sandbox.modelApiKey,
  FASTROUTER_MODEL: 'openai/gpt-4o-mini',
  SCALEKIT_IDENTIFIER: 'user_123',
  PORT: '0',
};

async function start(entry: string, ready: RegExp): Promise<RunningService> {
  const service = await spawnService({ entry, env: environment, ready });
  services.push(service);
  return service;
}

test('gateway and worker run with exactly the rights that the document names', async () => {
  const [gateway] = await Promise.all([
    start('services/gateway/dist/main.js', /gateway is listening/),
    start('services/worker/dist/main.js', /worker is ready/),
  ]);
  const { port } = JSON.parse(gateway.readyLine) as { port: number };
  const api = apiClient(`http://127.0.0.1:${port}`);
  await waitFor(async () => (await api.get('/readyz')).status === 200);

  const prompt = 'Fetch my last 5 unread emails and summarize them.';
  const posted = await api.post('/v1/jobs', { prompt, connections: ['gmail'] });
  const done = await api.get<{ status: string }>(`/v1/jobs/${posted.body.id}?wait=60`);
  expect(done.body.status).toBe('completed');
  const hourly = { cron: '0 * * * *', job: { prompt: 'Work' } };
  expect((await api.post('/v1/schedules', hourly)).status).toBe(201);
  const erased = await api.send(`/v1/jobs/${posted.body.id}`, { method: 'DELETE' });
  expect(erased.status).toBe(204);
  expect(await redis.redis.acl('LOG')).toEqual([]);
});
