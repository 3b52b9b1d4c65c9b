import { newId } from '@pawl/contracts';
import { testRedis, waitFor } from '@pawl/testing';
import { expect, test } from 'vitest';
import { taskOptions } from '../src/catalogue.ts';
import { createTaskWorker } from '../src/index.ts';
import { createRunShares } from '../src/shares/run-shares.ts';
import { capacity, needed, now, queuesBeside } from './queues-beside.ts';

const redis = testRedis();
const { openTasks, openQueue, openWorker, contentsOf } = queuesBeside(redis);

test('a task that gets a share stands in BullMQ as BullMQ itself would have added it', async () => {
  const [ours, theirs] = ['ours', 'theirs'].map((name) => `{${redis.namespace}:${name}}`);
  const [first, second] = [newId('job', 0), newId('job', 0)];
  const tasks = await openTasks(`${ours}`);
  const owner = { tenant: 'default', group: 'Zoë “\n”' };
  for (const job of [first, second]) {
    const task = { kind: 'turn', job, since: 1 } as const;
    await tasks.wake([{ task, at: 0, priority: 0, owner }]);
  }

  const queue = openQueue(`${theirs}`);
  for (const { queue: pool, shard } of tasks.bullQueues) {
    if (shard !== 0 || pool.name !== 'turns') continue;
    for (const added of (await pool.getWaiting()).toReversed()) {
      const options = { jobId: `${added.id}`, ...taskOptions('turn'), timestamp: now };
      await queue.add('turn', added.data, options);
    }
  }
  const [added, expected] = [await contentsOf(`${ours}`), await contentsOf(`${theirs}`)];
  expect(Object.keys(added)).toContain(`:turns:${first}.turn.1`);
  expect(needed(added)).toEqual(needed(expected));
  expect(added[':turns:marker']).toEqual(expected[':turns:marker']);
});

test('a task that is started, and then ended, stands in BullMQ as its own worker would have done it', async () => {
  const [ours, theirs] = ['ours-taken', 'theirs-taken'].map(
    (name) => `{${redis.namespace}:${name}}`,
  );
  const id = `${newId('job', 0)}.turn.1`;
  await openTasks(`${ours}`);
  const run = createRunShares(redis.redis);
  const lock = { token: 'token', duration: 60_000 };
  const payload = '{"kind":"turn","text":"“…”"}';
  const ownership = { tenant: 'default', group: 'user', priority: 0 };
  const operation = { kind: 'start', pool: 'turns', id, ownership, payload, lock } as const;
  expect(await run(`${ours}`, [operation], now)).toEqual([
    { outcome: 'started', pool: 'turns', id },
  ]);

  const queue = openQueue(`${theirs}`);
  const worker = openWorker(`${theirs}`, lock.duration);
  const data: unknown = JSON.parse(payload);
  await queue.add('turn', data, { jobId: id, ...taskOptions('turn'), timestamp: now });
  const taken = await worker.getNextJob(lock.token, { block: false });
  const expected = needed(await contentsOf(`${theirs}`));
  expect(needed(await contentsOf(`${ours}`))).toEqual(expected);
  expect(Object.keys(expected)).toContain(`:turns:${id}:lock`);

  await run(`${ours}`, [{ kind: 'finish', pool: 'turns', id, token: lock.token }], now);
  await taken?.moveToCompleted(null, lock.token, false);
  const left = needed(await contentsOf(`${theirs}`));
  expect(needed(await contentsOf(`${ours}`))).toEqual(left);
});

test('what BullMQ tells of tasks is kept short by its own look for stalled ones', async () => {
  const tag = `{${redis.namespace}:told}`;
  const tasks = await openTasks(tag);
  const [events, meta] = [`${tag}:turns:events`, `${tag}:turns:meta`];
  // BullMQ writes its own length once its connection is ready.
  await waitFor(() => redis.redis.hexists(meta, 'opts.maxLenEvents'));
  await redis.redis.hset(meta, 'opts.maxLenEvents', '100');
  for (let number = 0; number < 1_000; number += 1) await redis.redis.xadd(events, '*', 'a', 'b');
  const worker = createTaskWorker({
    kind: 'turn',
    connection: redis.connect(),
    prefix: tag,
    owner: 'worker',
    queue: tasks,
    slots: capacity,
    lockDuration: 60_000,
    stalledInterval: 60_000,
    handle: async () => ({ kind: 'done' }),
    onError: (error) => expect.fail(error.message),
  });
  await waitFor(async () => (await redis.redis.xlen(events)) < 300);
  await worker.drain();
});
