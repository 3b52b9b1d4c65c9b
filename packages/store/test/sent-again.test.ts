import { newId, type ScheduleState, type WebhookDelivery } from '@pawl/contracts';
import {
  linksOf,
  createSchedule,
  defaultRules,
  deleteSchedule,
  takeDelivery,
  type Engine,
} from '@pawl/engine';
import { connectRedis, type RedisConnection } from '@pawl/runtime';
import { forgetful, testRedis } from '@pawl/testing';
import { afterAll, expect, test } from 'vitest';
import { createKeys, createStore } from '../src/index.ts';
import { admission, conversationOf, newJob, request, step, noTasks } from './harness.ts';

const redis = testRedis();
const connections = [0, 1].map(() => connectRedis(redis.url, 'worker'));
const [connection, subscriber] = connections as [RedisConnection, RedisConnection];
afterAll(() => {
  for (const each of connections) each.disconnect();
});

const store = createStore({
  redis: forgetful(connection),
  subscriber,
  shards: 1,
  name: redis.namespace,
  retention: { jobs: { age: 60_000 } },
  tasks: noTasks,
});
const engine: Engine = {
  store,
  queue: {
    wake: async () => ({ parked: [] }),
    sweepShares: async () => 0,
    setTimer: async () => undefined,
    compareTimers: async () => ({ missing: [], needless: [] }),
  },
  rules: defaultRules,
  now: () => 5_000,
  random: () => 0.5,
  onLostWake: () => undefined,
  links: linksOf('http://localhost:3000'),
};

const newDelivery = (): WebhookDelivery => ({
  id: newId('delivery', 0),
  tenant: 'default',
  event: 'evt_a',
  type: 'job.completed',
  url: 'https://receiver.example/hooks',
  endpoint: 'receiver',
  sequence: 1,
  createdAt: 1_000,
  tries: 0,
  attempts: 0,
  log: [],
  phase: { status: 'ready', since: 1, notBefore: 1_000 },
});

test('a claim of a webhook that is sent again finds its own, and counts no attempt', async () => {
  const delivery = newDelivery();
  expect(await store.commit({ jobs: [], deliveries: [{ delivery, body: '{}' }], at: 0 })).toEqual({
    kind: 'written',
  });

  const taken = await takeDelivery(engine, { kind: 'webhook', delivery: delivery.id, since: 1 });
  expect(taken).toMatchObject({ kind: 'claimed', delivery: { tries: 0, attempts: 0 } });
  expect(await store.readDelivery(delivery.id)).toMatchObject({ sequence: 2, tries: 0 });
});

test('the second of two claims at the same moment is lost, not taken for the first', async () => {
  const before = newDelivery();
  await store.commit({ jobs: [], deliveries: [{ delivery: before, body: '{}' }], at: 0 });
  const running: WebhookDelivery = {
    ...before,
    endpoint: 'other',
    sequence: 2,
    phase: { status: 'running', since: 1, epoch: 2, startedAt: 5_000 },
  };
  const claim = { before, after: running, leaseUntil: 9_000 };
  expect(await store.commitDelivery(claim)).toBe(true);
  expect(await store.commitDelivery(claim)).toBe(false);
});

test('a schedule whose deletion is sent again is deleted', async () => {
  const schedule: ScheduleState = await createSchedule(
    engine,
    {
      id: newId('schedule', 0),
      tenant: 'default',
      user: 'user',
      timing: { kind: 'every', seconds: 60, anchor: 0 },
      overlap: 'skip',
      enabled: true,
    },
    {
      body: { prompt: 'Work' },
      request,
      limits: { turns: 8, tool_calls: 64, deadline_seconds: 89 },
      onUnknownOutcome: 'ask',
      priority: 0,
    },
  );
  expect(await deleteSchedule(engine, schedule.id)).toBe(true);
  expect(await store.readSchedule(schedule.id)).toBeUndefined();
  expect(await deleteSchedule(engine, schedule.id)).toBe(false);
});

/** A store whose next commit is written, and sent again once `between` is done, since its answer got lost. */
function losingAnswer(between: () => Promise<void>) {
  let sent = 0;
  const losing = new Proxy(connection, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      const call = value.bind(target);
      if (name !== 'eval' && name !== 'evalsha') return call;
      return async (...values: unknown[]) => {
        const answer: unknown = await call(...values);
        sent += 1;
        if (sent > 1) return answer;
        await between();
        return call(...values);
      };
    },
  });
  return createStore({
    redis: losing,
    subscriber,
    shards: 1,
    name: redis.namespace,
    retention: { jobs: { age: 60_000 } },
  });
}

const plain = createStore({
  redis: connection,
  subscriber,
  shards: 1,
  name: redis.namespace,
  retention: { jobs: { age: 60_000 } },
});

test.each([1, 39])('a commit that is sent again is known after %i others', async (others) => {
  const job = newJob();
  await plain.commit({
    jobs: [admission(job)],
    conversation: { before: null, after: conversationOf(job, 1) },
    at: 1_000,
  });
  const mine = step(job, { turn: 1 });
  const losing = losingAnswer(async () => {
    let before = mine.after;
    for (let count = 0; count < others; count += 1) {
      const other = step(before, { turn: before.turn + 1 });
      expect(await plain.commit({ jobs: [other], at: 2_000 })).toEqual({ kind: 'written' });
      before = other.after;
    }
  });
  expect(await losing.commit({ jobs: [mine], at: 2_000 })).toEqual({ kind: 'written' });
  expect(await plain.readJob(job.id)).toMatchObject({
    sequence: mine.after.sequence + others,
    turn: 1 + others,
  });
});

test('of the ids of commits, a bounded number is kept', async () => {
  const job = newJob();
  await plain.commit({
    jobs: [admission(job)],
    conversation: { before: null, after: conversationOf(job, 1) },
    at: 1_000,
  });
  let before = job;
  for (let count = 0; count < 100; count += 1) {
    const next = step(before, {});
    await plain.commit({ jobs: [next], at: 2_000 });
    before = next.after;
  }
  const keys = createKeys(redis.namespace);
  expect(await connection.hstrlen(keys.job(job.id), 'commits')).toBe(40 * 12);
});
