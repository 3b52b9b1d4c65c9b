import { Limits, newId, shardOfId, type JobState } from '@pawl/contracts';
import { admit, webhookTarget } from '@pawl/engine';
import { startSandbox } from '@pawl/sandbox';
import {
  spawnService,
  startOwnRedis,
  testShards,
  waitFor,
  type RunningService,
} from '@pawl/testing';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, expect, test } from 'vitest';
import { connectEngine } from './harness/connect-engine.ts';
import { scripted } from './harness/start-test-worker.ts';
import { startReceiver } from './harness/webhook-receiver.ts';

// A worker as it is built, on a machine whose clock is wrong: it works by the time of Redis.
const redis = await startOwnRedis();
const sandbox = await startSandbox({ autoActive: true });
const { redis: connection, keys, store, engine, close } = await connectEngine(redis.url);
const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const running: RunningService[] = [];

afterEach(async () => {
  for (const service of running.splice(0)) {
    service.kill('SIGKILL');
    await service.exited;
  }
  await connection.flushall();
});
afterAll(async () => {
  await close();
  await sandbox.close();
  await redis.remove();
});

const minutes = (count: number) => count * 60_000;

/** Runs in the process before anything else: its machine's clock goes wrong. */
const shifted = (milliseconds: number) => `
  const Real = Date;
  globalThis.Date = class extends Real {
    constructor(...parts) {
      if (parts.length === 0) super(Real.now() + ${milliseconds});
      else super(...parts);
    }
    static now() {
      return Real.now() + ${milliseconds};
    }
  };`;

async function startWorker(shift: number): Promise<void> {
  const preload = `data:text/javascript,${encodeURIComponent(shifted(shift))}`;
  const service = await spawnService({
    entry: 'services/worker/dist/main.js',
    env: {
      NODE_OPTIONS: `--import=${preload}`,
      REDIS_URL: redis.url,
      PAWL_SHARDS: String(testShards),
      SCALEKIT_ENVIRONMENT_URL: sandbox.origin,
      SCALEKIT_CLIENT_ID: sandbox.clientId,
      SCALEKIT_CLIENT_SECRET: sandbox.clientSecret,
      FASTROUTER_BASE_URL: sandbox.modelBaseUrl,
      FASTROUTER_API_KEY: sandbox.modelApiKey,
      WEBHOOK_SECRET: secret,
      WEBHOOK_ALLOWED_HOSTS: '127.0.0.1',
      WORKER_SWEEP_SECONDS: '0.2',
    },
    ready: /worker is ready/,
  });
  running.push(service);
}

async function post(text: string, parts: { startAt?: number; webhookUrl?: string } = {}) {
  const { startAt, webhookUrl } = parts;
  const outcome = await admit(engine, {
    id: newId('job', 0),
    tenant: 'default',
    user: 'user_123',
    conversation: newId('conversation', 0),
    startsConversation: true,
    request: {
      prompt: scripted([[{ tool: 'gmail_get_profile', arguments: {} }], { text }]),
      models: ['openai/gpt-4o-mini'],
      modelOptions: {},
      instructions: '',
      connections: ['gmail'],
      tools: {},
      metadata: {},
    },
    limits: Limits.parse({ deadline_seconds: 600 }),
    onUnknownOutcome: 'ask',
    priority: 0,
    whenBusy: 'queue',
    webhook: webhookTarget(webhookUrl === undefined ? undefined : { url: webhookUrl }, undefined),
    ...(startAt === undefined ? {} : { startAt }),
  });
  if (outcome.kind !== 'admitted') throw new Error(`not admitted: ${outcome.kind}`);
  return outcome.job.id;
}

async function ended(id: string): Promise<JobState> {
  return await waitFor(async () => {
    const job = await store.readJob(id);
    return job?.phase.name === 'ended' && job;
  });
}

test('a worker that is 30 minutes ahead expires nothing, and leaves a delayed job alone', async () => {
  const receiver = await startReceiver();
  const delayed = await post('Later.', { startAt: Date.now() + minutes(20) });
  await startWorker(minutes(30));
  const first = await ended(await post('Now.', { webhookUrl: receiver.url }));
  expect(first.phase).toMatchObject({ ending: { status: 'completed' } });
  expect(first.startedAt).toBeLessThan(Date.now() + minutes(1));
  // The tasks of a second job are taken after BullMQ has looked for delayed ones.
  expect((await ended(await post('Now, too.'))).phase).toMatchObject({
    ending: { status: 'completed' },
  });
  const waiting = await store.readJob(delayed);
  expect(waiting).toMatchObject({ sequence: 1, phase: { name: 'scheduled' } });
  expect(await connection.zcard(`${keys.tag(shardOfId(delayed))}:turns:delayed`)).toBe(1);
  const told = await waitFor(() => receiver.received[0]);
  // The library refuses a timestamp that is off by more than five minutes.
  expect(new Webhook(secret).verify(told.body, told.headers as Record<string, string>)).toEqual(
    told.event,
  );
});

test('a worker that is 30 minutes behind starts a delayed job when its time has come', async () => {
  await startWorker(-minutes(30));
  const delayed = await post('Later.', { startAt: Date.now() + 1_000 });
  const job = await ended(delayed);
  expect(job.phase).toMatchObject({ ending: { status: 'completed' } });
  expect(job.startedAt).toBeGreaterThanOrEqual(job.createdAt + 1_000);
  expect(await store.seenWorkers(Date.now())).toBe(1);
});
