import { startSandbox } from '@pawl/sandbox';
import { type RunningService, spawnService, startRedisCluster, waitFor } from '@pawl/testing';
import { afterAll, expect, test } from 'vitest';
import { apiClient } from './harness/api-client.ts';

// The built services over three primaries: one shard each, one address for all.
const cluster = await startRedisCluster();
const sandbox = await startSandbox({ autoActive: true });
const services: RunningService[] = [];
afterAll(async () => {
  await Promise.all(services.map((service) => service.stop()));
  await sandbox.close();
  await cluster.remove();
});

const environment = {
  REDIS_URL: cluster.url,
  PAWL_SHARDS: '3',
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

const [gateway, worker] = await Promise.all([
  start('services/gateway/dist/main.js', /gateway is listening/),
  start('services/worker/dist/main.js', /worker is ready/),
]);
const { port } = JSON.parse(gateway.readyLine) as { port: number };
const api = apiClient(`http://127.0.0.1:${port}`);

interface Readiness {
  status: string;
  problems: string[];
}

/** A job of a user of each shard, by the shard. */
async function postInEachShard(): Promise<Map<string, string>> {
  const jobs = new Map<string, string>();
  for (let user = 0; jobs.size < 3; user += 1) {
    const prompt = 'Fetch my last 5 unread emails and summarize them.';
    const body = { prompt, user: `user_${user}`, connections: ['gmail'] };
    // While a slot moves, what touches keys on both sides is refused, and repeated by clients.
    const { id } = await waitFor(async () => {
      const answer = await api.post('/v1/jobs', body);
      return answer.status === 202 && answer.body;
    });
    jobs.set(id.split('_')[1] ?? '', id);
  }
  return jobs;
}

async function completeAll(jobs: Iterable<string>): Promise<void> {
  for (const job of jobs) {
    const { body } = await api.get<{ status: string }>(`/v1/jobs/${job}?wait=60`);
    expect(body.status).toBe('completed');
  }
}

test('jobs of every shard complete over a cluster that is known by one of its nodes', async () => {
  const jobs = await postInEachShard();
  await completeAll(jobs.values());
  expect((await api.get<Readiness>('/readyz')).body.status).toBe('ready');
});

test('a slot that moves to an empty node ends no process, and jobs of its shard go on', async () => {
  const posting = (async () => {
    const all: string[] = [];
    for (let round = 0; round < 3; round += 1) all.push(...(await postInEachShard()).values());
    return all;
  })();
  await cluster.moveToEmptyNode('{pawl:0}');
  await completeAll(await posting);
  const ended = await Promise.race([
    Promise.all([gateway.exited, worker.exited]),
    Promise.resolve('both run'),
  ]);
  expect(ended).toBe('both run');
});

test('while one primary is away, readiness and lists answer with the living shards', async () => {
  const jobs = await postInEachShard();
  await completeAll(jobs.values());
  await cluster.killOwnerOf('{pawl:2}');
  const readiness = await waitFor(async () => {
    const { status, body } = await api.get<Readiness>('/readyz');
    return status === 200 && body.status === 'degraded' && body;
  });
  expect(readiness.problems.join()).toContain('Shard 2 of 3');
  const list = await waitFor(async () => {
    const { status, body } = await api.get<{ data: { id: string }[] }>('/v1/jobs?limit=100');
    return status === 200 && body.data.map(({ id }) => id);
  });
  expect(list).toContain(jobs.get('0'));
  expect(list).toContain(jobs.get('1'));
  expect(list).not.toContain(jobs.get('2'));
});
