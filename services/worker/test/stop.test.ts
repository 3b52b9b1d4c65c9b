import { newId } from '@pawl/contracts';
import {
  admit,
  linksOf,
  defaultRules,
  type Engine,
  type ModelClient,
  type ToolClient,
  type WebhookClient,
} from '@pawl/engine';
import { createTaskQueue, createTaskScript } from '@pawl/queue';
import { connectRedis, createLogger, whenRedisReady } from '@pawl/runtime';
import { createKeys, createStore, createWebhookSecrets } from '@pawl/store';
import { createGate, testRedis, testShards } from '@pawl/testing';
import { afterAll, expect, test } from 'vitest';
import { startWorker } from '../src/start-worker.ts';

const redis = testRedis();
const name = redis.namespace;
const keys = createKeys(name);
const connections = [0, 1, 2].map(() => connectRedis(redis.url, 'worker'));
const [connection, producer, subscriber] = connections as [
  ReturnType<typeof connectRedis>,
  ReturnType<typeof connectRedis>,
  ReturnType<typeof connectRedis>,
];
await whenRedisReady(connection, 60_000);
const store = createStore({
  redis: connection,
  subscriber,
  shards: testShards,
  name,
  retention: { jobs: { age: 60_000 } },
  tasks: createTaskScript(keys),
});
const queue = createTaskQueue({ connection: producer, keys, shards: testShards });
const links = linksOf('http://localhost:3000');
const engine: Engine = {
  store,
  queue,
  rules: defaultRules,
  now: Date.now,
  random: Math.random,
  onLostWake: () => undefined,
  links,
};
afterAll(async () => {
  await queue.close();
  for (const each of connections) each.disconnect();
});

const unscripted = new Proxy(
  {},
  {
    get(_, call) {
      throw new Error(`nobody may ask for ${String(call)}`);
    },
  },
) as ToolClient & WebhookClient;

async function post(): Promise<string> {
  const id = newId('job', 0);
  await admit(engine, {
    id,
    tenant: 'default',
    user: 'user',
    conversation: newId('conversation', 0),
    startsConversation: true,
    request: {
      prompt: 'Wait.',
      models: ['openai/gpt-4o-mini'],
      modelOptions: {},
      instructions: '',
      connections: [],
      tools: {},
      metadata: {},
    },
    limits: { turns: 8, tool_calls: 64, deadline_seconds: 600 },
    onUnknownOutcome: 'ask',
    priority: 0,
    whenBusy: 'queue',
  });
  return id;
}

test('the drain and the grace begin at once, though a sweep waits for Redis', async () => {
  const [swept, redisIsBack] = [createGate(), createGate()];
  const asked: string[] = [];
  const model: ModelClient = {
    providerOf: (name) => name,
    async complete({ jobId }, signal) {
      asked.push(jobId);
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return { kind: 'aborted' };
    },
  };
  const worker = await startWorker({
    store: {
      ...store,
      async takeSweepLease() {
        swept.open();
        await redisIsBack.opened;
        return { kind: 'held', milliseconds: 60_000 };
      },
    },
    queue,
    model,
    tools: unscripted,
    log: createLogger({ name: 'worker', level: 'silent' }),
    connection,
    prefixOf: keys.tag,
    rules: defaultRules,
    tasks: {
      toolLimit: 128,
      resultCharacters: 20_000,
      historyCharacters: 1_000,
      toolEffects: {},
      checks: [],
      logContent: false,
    },
    webhooks: {
      client: unscripted,
      secrets: createWebhookSecrets({ redis: connection, keys, given: {} }),
      concurrency: 1,
    },
    links,
    timings: {
      concurrency: 2,
      lockDuration: 60_000,
      stalledInterval: 60_000,
      sweepInterval: 100,
      grace: 50,
    },
  });
  const first = await post();
  await swept.opened;
  await expect.poll(() => asked).toEqual([first]);

  const stopped = worker.stop();
  const second = await post();
  const stepOf = async (id: string) => (await store.readJob(id))?.phase;
  await expect.poll(() => stepOf(first)).toMatchObject({ step: { status: 'ready', attempts: 0 } });
  redisIsBack.open();
  await stopped;
  expect(asked).toEqual([first]);
  expect(await stepOf(second)).toMatchObject({ step: { status: 'ready', epoch: 0 } });
});
