import { connectRedis } from '@pawl/runtime';
import { startRefusingRedis, waitFor } from '@pawl/testing';
import { Redis } from 'ioredis';
import { afterAll, expect, test } from 'vitest';
import { createTaskQueue, createTaskWorker, type TaskWorker } from '../src/index.ts';

// Workers that look for tasks of every kind in vain must not keep Redis and the log busy.
const redis = await startRefusingRedis();
const connection = connectRedis(redis.url, 'worker');
const admin = new Redis(redis.url.replace(/\/\/[^@]*@/, '//operator:operates@'));
const slots = { nominal: 10, reserve: 5, groupLimit: 0 };
const tag = () => '{refused:0}';
const queue = createTaskQueue({
  connection,
  keys: { tag, timedSchedules: () => `${tag()}:timed` },
  shards: 1,
});
const errors: Error[] = [];
let workers: TaskWorker[] = [];
const startWorkers = () => {
  workers = (['turn', 'tool_call', 'webhook', 'schedule'] as const).map((kind) =>
    createTaskWorker({
      kind,
      connection,
      prefix: tag(),
      owner: 'worker',
      queue,
      slots,
      lockDuration: 30_000,
      stalledInterval: 15_000,
      handle: async () => ({ kind: 'done' as const }),
      onError: (error) => errors.push(error),
    }),
  );
};
afterAll(async () => {
  await redis.heal();
  await Promise.all(workers.map((worker) => worker.drain()));
  await queue.close();
  connection.disconnect();
  admin.disconnect();
  await redis.remove();
});

/** The ways to refuse and to heal, and how many errors the queues make that rest twice. */
const faults = {
  NOREPLICAS: [12, () => redis.refuse('NOREPLICAS'), () => redis.heal()],
  // BullMQ asks for the version of Redis first.
  'that INFO is forbidden': [
    24,
    () => admin.acl('SETUSER', 'default', '-info'),
    () => admin.acl('SETUSER', 'default', '+info'),
  ],
} as const;

test.each(Object.entries(faults))(
  'while Redis says %s, each queue asks less and less often',
  async (_fault, [many, refuse, heal]) => {
    errors.length = 0;
    await refuse();
    const begun = performance.now();
    try {
      startWorkers();
      // Without rests that takes some milliseconds.
      await waitFor(() => errors.length >= many);
      expect(performance.now() - begun).toBeGreaterThan(500);
      const draining = performance.now();
      await Promise.all(workers.map((worker) => worker.drain()));
      expect(performance.now() - draining).toBeLessThan(5_000);
    } finally {
      await heal();
    }
  },
);
