import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Agent } from '@pawl/contracts';
import { startSandbox } from '@pawl/sandbox';
import { spawnService, testRedis, type RunningService } from '@pawl/testing';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { apiClient } from './harness/api-client.ts';
import { runBuilt } from './harness/run-built.ts';

/** The built programs always use the name space `pawl`: a database of its own keeps these tests apart. */
const database = 11;
const run = testRedis({ oneServer: true });
const redisUrl = new URL(`/${database}`, run.url).href;
const redis = run.connect();
const sandbox = await startSandbox();
const running: RunningService[] = [];

beforeAll(() => redis.select(database));
beforeEach(() => redis.flushdb());
afterAll(async () => {
  for (const service of running) await service.stop();
  await redis.flushdb();
  await sandbox.close();
});

const environment = {
  REDIS_URL: redisUrl,
  SCALEKIT_ENVIRONMENT_URL: sandbox.origin,
  SCALEKIT_CLIENT_ID: sandbox.clientId,
  SCALEKIT_CLIENT_SECRET: sandbox.clientSecret,
  FASTROUTER_MODEL: 'openai/gpt-4o-mini',
  SCALEKIT_IDENTIFIER: 'user_123',
  SCALEKIT_CONNECTION_NAME: 'gmail, github',
  PORT: '0',
};

/** Starts the gateway; answers its address, as its ready line tells it. */
async function start(
  env: Record<string, string>,
): Promise<{ service: RunningService; url: string }> {
  const service = await spawnService({
    entry: 'services/gateway/dist/main.js',
    env: { ...environment, ...env },
    ready: /gateway is listening/,
  });
  running.push(service);
  const { port } = JSON.parse(service.readyLine) as { port: number };
  return { service, url: `http://127.0.0.1:${port}` };
}

test('every variable that is missing in production is named at once, and nothing starts', async () => {
  const { code, stdout, stderr } = await runBuilt('main.js', [], {});
  expect(code).toBe(1);
  expect(stdout).toBe('');
  for (const name of [
    'REDIS_URL',
    'SCALEKIT_ENVIRONMENT_URL',
    'SCALEKIT_CLIENT_ID',
    'SCALEKIT_CLIENT_SECRET',
    'FASTROUTER_MODEL',
  ]) {
    expect(stderr).toContain(`\n  ${name} is not set.`);
  }
});

test('wrong values are named without being shown, and blank ones count as unset', async () => {
  const { code, stderr } = await runBuilt('main.js', [], {
    ...environment,
    REDIS_URL: 'http://user:hunter2@host',
    PORT: '99999',
    PUBLIC_URL: 'ftp://files.example',
    SCALEKIT_IDENTIFIER: 'a::b',
    SCALEKIT_CONNECTION_NAME: 'gmail,not a name',
    SCALEKIT_CLIENT_SECRET: '  ',
  });
  expect(code).toBe(1);
  for (const name of [
    'REDIS_URL is not usable',
    'PORT is not usable',
    'PUBLIC_URL is not usable',
    'SCALEKIT_IDENTIFIER is not usable',
    'SCALEKIT_CONNECTION_NAME is not usable',
    'SCALEKIT_CLIENT_SECRET is not set',
  ]) {
    expect(stderr).toContain(name);
  }
  expect(stderr).not.toContain('hunter2');
});

test('the keys’ command needs Redis, and says so', async () => {
  const missing = await runBuilt('keys.js', ['list'], {});
  expect(missing.code).toBe(1);
  expect(missing.stderr).toContain('REDIS_URL is not set');
  const away = await runBuilt('keys.js', ['list'], { REDIS_URL: 'redis://127.0.0.1:9' });
  expect(away.code).toBe(1);
  expect(away.stderr).toContain('Check REDIS_URL');
  const nonsense = await runBuilt('keys.js', ['crate'], { REDIS_URL: redisUrl });
  expect(nonsense.code).toBe(1);
  expect(nonsense.stderr).toContain("unknown command 'crate'");
});

test('where others can reach it, the gateway does not start without a key', async () => {
  const open = { ...environment, HOST: '0.0.0.0', NODE_ENV: 'development' };
  const refused = await runBuilt('main.js', [], open);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('npm run keys -- create');
  const production = await runBuilt('main.js', [], environment);
  expect(production.code).toBe(1);
  expect(production.stderr).toContain('With NODE_ENV=production the gateway needs an API key');
});

test('a key is shown once, listed without its secret, and revoked once', async () => {
  const created = await createKey();
  expect(created.stderr).toContain('not shown again');
  const listed = await runBuilt('keys.js', ['list'], { REDIS_URL: redisUrl });
  expect(listed.stdout).toMatch(/^\w+\tacme\tCI\t/);
  expect(listed.stdout).not.toContain(created.key);
  const [id = ''] = listed.stdout.split('\t');
  const revoked = await runBuilt('keys.js', ['revoke', id], { REDIS_URL: redisUrl });
  expect(revoked.stdout).toBe(`revoked ${id}\n`);
  const again = await runBuilt('keys.js', ['revoke', id], { REDIS_URL: redisUrl });
  expect(again.code).toBe(1);
  expect(again.stderr).toContain(`There is no key ${id}.`);
});

test('with a key the gateway starts in production, and serves only those who have one', async () => {
  const { key } = await createKey();
  const { service, url } = await start({
    HOST: '0.0.0.0',
    NODE_ENV: 'production',
    GATEWAY_DRAIN_SECONDS: '0',
  });
  expect((await apiClient(url).get('/v1/jobs')).status).toBe(401);
  const api = apiClient(url, { Authorization: `Bearer ${key}` });
  const { status, body } = await api.post('/v1/jobs', { prompt: 'Read my mails' });
  expect(status).toBe(202);
  expect(body).toMatchObject({ user: 'user_123', connections: ['gmail', 'github'] });
  expect(service.lines.join('\n')).not.toContain(key);
});

async function createKey(): Promise<{ key: string; stderr: string }> {
  const { stdout, stderr } = await runBuilt(
    'keys.js',
    ['create', '--tenant', 'acme', '--name', 'CI'],
    { REDIS_URL: redisUrl },
  );
  expect(stdout).toMatch(/^pawl_\w+\n$/);
  return { key: stdout.trim(), stderr };
}

test('the operator limits a tenant by a command, which says what is in force', async () => {
  const env = { REDIS_URL: redisUrl, USER_LIMITS: '{"jobs_queued":20}' };
  const limits = (...words: string[]) => runBuilt('limits.js', words, env);
  const { key } = await createKey();
  const changes = ['tenant.jobs_per_minute=1', 'user.jobs_queued=none'];
  const set = await limits('set', '--tenant', 'acme', ...changes);
  expect(set.stdout).toContain('tenant.jobs_per_minute\t-\t1\t-\t1\n');
  expect(set.stdout).toContain('user.jobs_queued\t20\tnone\t-\t-\n');
  const { url } = await start({ USER_LIMITS: env.USER_LIMITS });
  const api = apiClient(url, { Authorization: `Bearer ${key}` });
  expect((await api.post('/v1/jobs', { prompt: 'Read my mails' })).status).toBe(202);
  expect((await api.post('/v1/jobs', { prompt: 'Read my mails' })).status).toBe(429);
  const back = await limits('set', '--tenant', 'acme', 'user.jobs_queued=default');
  expect(back.stdout).toContain('user.jobs_queued\t20\t-\t-\t20\n');
});

test.each([
  ['user.jobs_queued=many', 'Give a number, none or default.'],
  ['user.jobs_queued=-1', 'Give a number, none or default.'],
  ['user.jobs_queued', 'Give a number, none or default.'],
  ['jobs_queued=5', 'There is no limit jobs_queued.'],
])('the limits’ command refuses %s', async (change, why) => {
  const { code, stderr } = await runBuilt('limits.js', ['set', change], { REDIS_URL: redisUrl });
  expect(code).toBe(1);
  expect(stderr).toContain(why);
});

test('SIGTERM answers who waits and ends with code 0', async () => {
  const { service, url: gateway } = await start({});
  const api = apiClient(gateway);
  const { body: job } = await api.post('/v1/jobs', { prompt: 'Read my mails' });
  const waiting = api.get(`/v1/jobs/${job.id}?wait=60`);
  const subscriptions = () => redis.pubsub('NUMSUB', `{pawl:0}:changes:${job.id}`);
  await expect.poll(async () => (await subscriptions())[1]).toBeGreaterThan(0);
  service.kill('SIGTERM');
  expect((await waiting).body.id).toBe(job.id);
  expect(await service.exited).toEqual({ code: 0, signal: null });
});

test('agents of files are there from the start on, and a mistake in one refuses the start', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'agents-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const write = (turns: number) =>
    writeFileSync(join(directory, 'triage.md'), `---\nlimits: { turns: ${turns} }\n---\nSort.\n`);
  write(0);
  const refused = await runBuilt('main.js', [], { ...environment, AGENTS_DIR: directory });
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('triage.md: limits.turns');
  write(3);
  const { url } = await start({ AGENTS_DIR: directory });
  const { body } = await apiClient(url).get<Agent>('/v1/agents/triage');
  expect(body).toMatchObject({ source: 'file', instructions: 'Sort.', limits: { turns: 3 } });
});
