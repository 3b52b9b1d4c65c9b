import { execFile } from 'node:child_process';
import { hostname } from 'node:os';
import { fileURLToPath } from 'node:url';
import { startSandbox } from '@pawl/sandbox';
import { createStore } from '@pawl/store';
import { type RunningService, spawnService, testRedis } from '@pawl/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { scripted } from './harness/start-test-worker.ts';

/** The built programs always use the name space `pawl`: a database of its own keeps these tests apart. */
const database = 14;
const run = testRedis({ oneServer: true });
const redisUrl = new URL(`/${database}`, run.url).href;
const redis = run.connect();
const sandbox = await startSandbox({ autoActive: true });
const services: RunningService[] = [];
/** How to reach the gateway's API, and where each process shows its metrics. */
const address = { gateway: '', gatewayMetrics: '', workerMetrics: '' };

const environment = {
  REDIS_URL: redisUrl,
  SCALEKIT_ENVIRONMENT_URL: sandbox.origin,
  SCALEKIT_CLIENT_ID: sandbox.clientId,
  SCALEKIT_CLIENT_SECRET: sandbox.clientSecret,
  FASTROUTER_BASE_URL: sandbox.modelBaseUrl,
  FASTROUTER_API_KEY: sandbox.modelApiKey,
  FASTROUTER_MODEL: 'openai/gpt-4o-mini',
  SCALEKIT_IDENTIFIER: 'user_123',
  SCALEKIT_CONNECTION_NAME: 'gmail',
  PORT: '0',
  METRICS_PORT: '0',
  WORKER_SWEEP_SECONDS: '0.2',
};

const sendMail = {
  tool: 'gmail_send_message',
  arguments: { to: 'ada@example.com', subject: 'Hello', body: 'How are you?' },
};

async function start(name: 'gateway' | 'worker', ready: RegExp): Promise<RunningService> {
  const entry = `services/${name}/dist/main.js`;
  const service = await spawnService({ entry, env: environment, ready });
  services.push(service);
  return service;
}

/** The port on a line of log. */
function portOn(service: RunningService, words: string): number {
  const line = service.lines.find((each) => each.includes(words)) ?? '{}';
  return (JSON.parse(line) as { port?: number }).port ?? 0;
}

beforeAll(async () => {
  await redis.select(database);
  await redis.flushdb();
  const [gateway, worker] = await Promise.all([
    start('gateway', /gateway is listening/),
    start('worker', /worker is ready/),
  ]);
  address.gateway = `http://127.0.0.1:${portOn(gateway, 'gateway is listening')}`;
  address.gatewayMetrics = `http://127.0.0.1:${portOn(gateway, 'metrics are shown')}`;
  address.workerMetrics = `http://127.0.0.1:${portOn(worker, 'metrics are shown')}`;
});

afterAll(async () => {
  for (const service of services) service.kill('SIGKILL');
  await Promise.all(services.map(({ exited }) => exited));
  await redis.flushdb();
  await sandbox.close();
});

/** The samples of a process: series → value. */
async function scrape(url: string): Promise<ReadonlyMap<string, number>> {
  const answer = await fetch(`${url}/metrics`);
  expect(answer.headers.get('Content-Type')).toMatch(/^text\/plain; version=0\.0\.4/);
  const lines = (await answer.text()).split('\n').filter((line) => /^[a-z]/.test(line));
  return new Map(
    lines.map((line) => {
      const space = line.lastIndexOf(' ');
      return [line.slice(0, space), Number(line.slice(space + 1))];
    }),
  );
}

async function post(prompt: string): Promise<string> {
  const answer = await fetch(`${address.gateway}/v1/jobs`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ prompt, on_unknown_outcome: 'ask' }),
  });
  return ((await answer.json()) as { id: string }).id;
}

test('what a job does is counted where it happens, and what is stored is shown by the gateway', async () => {
  const id = await post(scripted([[{ tool: 'gmail_fetch_mails' }], { text: 'Done.' }]));
  await fetch(`${address.gateway}/v1/jobs/${id}?wait=60`);
  const gateway = await scrape(address.gatewayMetrics);
  const worker = await scrape(address.workerMetrics);
  expect(Object.fromEntries(gateway)).toMatchObject({
    'pawl_jobs_created_total{source="api"}': 1,
    'pawl_http_requests_total{method="POST",route="/v1/jobs",status="202"}': 1,
    'pawl_http_request_duration_seconds_count{method="POST",route="/v1/jobs"}': 1,
    pawl_redis_up: 1,
    pawl_workers: 1,
    'pawl_jobs{status="completed"}': 1,
    'pawl_jobs_waiting{cause="account"}': 0,
    'pawl_queue_tasks{queue="turns",state="waiting"}': 0,
    'pawl_queue_tasks{queue="webhooks",state="parked"}': 0,
    'pawl_queue_oldest_task_age_seconds{queue="tool-calls"}': 0,
    pawl_records_quarantined: 0,
    pawl_archive_away: 0,
    'pawl_redis_memory_limit_bytes{node="redis"}': 0,
  });
  // A long poll takes as long as it likes.
  expect(
    gateway.get('pawl_http_request_duration_seconds_count{method="GET",route="/v1/jobs/:id"}'),
  ).toBeUndefined();
  expect(gateway.get('pawl_redis_memory_used_bytes{node="redis"}')).toBeGreaterThan(100_000);
  const model = 'openai/gpt-4o-mini';
  expect(Object.fromEntries(worker)).toMatchObject({
    'pawl_jobs_ended_total{status="completed",reason=""}': 1,
    'pawl_job_duration_seconds_count{status="completed"}': 1,
    'pawl_queue_wait_seconds_count{queue="turns"}': 2,
    'pawl_queue_wait_seconds_count{queue="tool-calls"}': 1,
    [`pawl_model_calls_total{model="${model}",outcome="reply"}`]: 2,
    [`pawl_model_call_duration_seconds_count{model="${model}"}`]: 2,
    'pawl_tool_calls_total{connection="gmail",tool="gmail_fetch_mails",outcome="succeeded"}': 1,
    'pawl_tool_call_duration_seconds_count{tool="gmail_fetch_mails"}': 1,
  });
  const answered = `sandbox/${model}`;
  expect(worker.get(`pawl_model_tokens_total{model="${answered}",type="input"}`)).toBeGreaterThan(
    0,
  );
  expect(worker.get('pawl_redis_command_duration_seconds_count{command="hget"}')).toBeGreaterThan(
    0,
  );
  // Only gateways show what is the same for all.
  expect([...worker.keys()].filter((name) => name.startsWith('pawl_jobs{'))).toEqual([]);
});

test('failures are counted by their codes, and a job that waits for a person by its cause', async () => {
  sandbox.control.addFault({
    match: { operation: 'model' },
    effect: { kind: 'http_status', status: 503 },
  });
  sandbox.control.addFault({
    match: { operation: 'ExecuteTool' },
    when: 'after-effect',
    effect: { kind: 'drop_connection' },
  });
  const id = await post(scripted([[sendMail]]));
  await expect
    .poll(async () => {
      const answer = await fetch(`${address.gateway}/v1/jobs/${id}`);
      return ((await answer.json()) as { status: string }).status;
    })
    .toBe('requires_action');
  const worker = await scrape(address.workerMetrics);
  expect(Object.fromEntries(worker)).toMatchObject({
    'pawl_model_calls_total{model="openai/gpt-4o-mini",outcome="transient"}': 1,
    'pawl_unknown_outcomes_total{tool="gmail_send_message"}': 1,
    'pawl_tool_calls_total{connection="gmail",tool="gmail_send_message",outcome="unknown"}': 1,
  });
  await expect
    .poll(async () =>
      (await scrape(address.gatewayMetrics)).get('pawl_jobs_waiting{cause="approval"}'),
    )
    .toBe(1);
});

test('a sweep tells when it was finished', async () => {
  const finished = 'pawl_sweep_finished_timestamp_seconds{shard="0"}';
  const first = (await scrape(address.workerMetrics)).get(finished) ?? 0;
  await expect
    .poll(async () => (await scrape(address.workerMetrics)).get(finished))
    .toBeGreaterThan(first);
});

async function checkHealth(url: string): Promise<{ code: unknown; stderr: string }> {
  const program = fileURLToPath(new URL('../dist/health.js', import.meta.url));
  const env = {
    PATH: process.env['PATH'],
    REDIS_URL: redisUrl,
    METRICS_PORT: new URL(url).port,
  };
  return new Promise((resolve) => {
    execFile(process.execPath, [program], { env }, (error, _stdout, stderr) => {
      resolve({ code: error === null ? 0 : error.code, stderr });
    });
  });
}

test('a worker that hangs is not healthy, whoever else lives on this machine; one that lives is', async () => {
  const store = createStore({
    redis,
    subscriber: redis,
    // As the built programs, which are given no number.
    shards: 1,
    retention: { jobs: { age: 0 } },
  });
  await store.announceWorker(`${hostname()}:another`, Date.now() + 600_000);
  const worker = services.find(({ lines }) => lines.some((line) => line.includes('worker is')));
  expect(await checkHealth(address.workerMetrics)).toEqual({ code: 0, stderr: '' });
  worker?.kill('SIGSTOP');
  const hung = await checkHealth(address.workerMetrics);
  worker?.kill('SIGCONT');
  expect(hung).toMatchObject({ code: 1, stderr: expect.stringContaining('does not answer') });
  await expect.poll(() => checkHealth(address.workerMetrics)).toEqual({ code: 0, stderr: '' });
});
