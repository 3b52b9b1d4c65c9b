import { newId } from '@pawl/contracts';
import { testRedis, waitFor } from '@pawl/testing';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { createTaskQueue, createTaskWorker } from '../src/index.ts';

const redis = testRedis({ oneServer: true });
const { prefix } = redis;
const slots = { nominal: 2, reserve: 2, groupLimit: 0 };
const queue = createTaskQueue({
  connection: redis.redis,
  keys: { tag: () => prefix, timedSchedules: () => `${prefix}:timed-schedules` },
  shards: 1,
});
afterAll(() => queue.close());

/** A worker of turns, and the jobs whose turns it has taken. */
function startWorker() {
  const taken: string[] = [];
  const worker = createTaskWorker({
    kind: 'turn',
    connection: redis.connect(),
    prefix,
    owner: 'worker',
    queue,
    slots,
    lockDuration: 60_000,
    stalledInterval: 500,
    handle: async ({ job }) => {
      taken.push(job);
      return { kind: 'done' };
    },
    onError: (error) => {
      throw error;
    },
  });
  onTestFinished(() => worker.drain());
  return { worker, taken };
}

async function waitsForSign(): Promise<boolean> {
  const clients = String(await redis.redis.client('LIST')).split('\n');
  return clients.some((line) => line.includes('cmd=bzpopmin') && line.includes(' flags=b'));
}

test('a task whose sign went with a worker that died is taken as soon as another one takes over', async () => {
  const capacity = { turn: slots, tool_call: slots, webhook: slots, schedule: slots };
  await queue.announceSlots('worker', capacity);
  const job = newId('job', 0);
  const task = { kind: 'turn', job, since: 1 } as const;
  await queue.wake([{ task, at: 0, priority: 0, owner: { tenant: 'a', group: 'user' } }]);
  const lists = [`${prefix}:turns:wait`, `${prefix}:turns:prioritized`];
  const [list = ''] = await Promise.all(
    lists.map(async (name) => ((await redis.redis.exists(name)) === 1 ? name : '')),
  ).then((found) => found.filter((name) => name !== ''));
  // The worker finds nothing, and waits for a sign.
  await redis.redis.multi().rename(list, `${prefix}:aside`).del(`${prefix}:turns:marker`).exec();
  const { worker, taken } = startWorker();
  await waitFor(waitsForSign);
  await redis.redis.rename(`${prefix}:aside`, list);
  const begun = performance.now();
  await worker.takeOver('gone');
  await waitFor(() => taken.includes(job));
  // Without a sign it would wait for the end of its ten seconds.
  expect(performance.now() - begun).toBeLessThan(5_000);
});
