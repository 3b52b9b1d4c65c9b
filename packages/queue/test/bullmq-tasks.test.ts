import { newId } from '@pawl/contracts';
import { testRedis, waitFor } from '@pawl/testing';
import { Queue, Worker } from 'bullmq';
import { afterAll, expect, test } from 'vitest';
import { taskOptions } from '../src/catalogue.ts';
import { createTaskQueue, createTaskWorker } from '../src/index.ts';
import { createRunShares, defineScript } from '../src/shares/run-shares.ts';
import type { TakenTask } from '../src/unhurried-worker.ts';

const redis = testRedis();
const closing: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const close of closing.toReversed()) await close();
});

const capacity = { nominal: 2, reserve: 2, groupLimit: 0 };
const now = 1_700_000_000_000;

/** Our queues, with slots. */
async function openTasks(tag: string) {
  const tasks = createTaskQueue({
    connection: redis.redis,
    keys: { tag: () => tag, timedSchedules: () => `${tag}:timed-schedules` },
    shards: 1,
    now: () => now,
  });
  closing.push(() => tasks.close());
  const slots = { turn: capacity, tool_call: capacity, webhook: capacity, schedule: capacity };
  await tasks.announceSlots('worker', slots);
  return tasks;
}

/** BullMQ's own queue of turns. */
function openQueue(prefix: string): Queue {
  const streams = { events: { maxLen: 1_000 } };
  const queue = new Queue('turns', { connection: redis.redis, prefix, streams });
  closing.push(() => queue.close());
  return queue;
}

/** Every key of a BullMQ queue with what stands in it, but for times that Redis gave. */
async function contentsOf(prefix: string): Promise<Record<string, unknown>> {
  const names = (await redis.keys()).filter((key) => key.startsWith(`${prefix}:turns:`));
  const contents = names.map(async (name) => {
    const short = name.slice(prefix.length);
    switch (await redis.redis.type(name)) {
      case 'hash':
        return [short, await redis.redis.hgetall(name)];
      case 'list':
        return [short, await redis.redis.lrange(name, 0, -1)];
      case 'zset':
        return [short, await redis.redis.zrange(name, 0, '-1', 'WITHSCORES')];
      case 'stream':
        return [short, (await redis.redis.xrange(name, '-', '+')).map(([, fields]) => fields)];
      default:
        return [short, await redis.redis.get(name)];
    }
  });
  return Object.fromEntries((await Promise.all(contents)) as [string, unknown][]) as Record<
    string,
    unknown
  >;
}

/** The options of tasks as JSON, without the times that the other queue was told, or took from its clock. */
function withOptions(contents: Record<string, unknown>) {
  return Object.fromEntries(
    Object.entries(contents).map(([key, value]) => {
      const {
        opts,
        processedOn: _on,
        ...fields
      } = value as { opts?: string; processedOn?: string };
      if (opts === undefined) return [key, value];
      const { timestamp: _, ...rest } = JSON.parse(opts) as { timestamp?: number };
      return [key, { ...fields, opts: rest }];
    }),
  );
}

/** The same without what BullMQ writes for nothing that our tasks need, and ours do without. */
function needed(contents: Record<string, unknown>) {
  const {
    // Draws a number for each id, which tasks bring themselves.
    ':turns:id': _number,
    // Says that a task waits: one that is taken at once waits for nobody.
    ':turns:marker': _sign,
    // Tells of each task to whoever listens.
    ':turns:events': _told,
    ...others
  } = withOptions(contents);
  return others;
}

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
  const worker = new Worker('turns', null, {
    connection: redis.connect(),
    prefix: `${theirs}`,
    lockDuration: lock.duration,
  });
  closing.push(() => worker.close());
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

/** A queue of ours and one of BullMQ's own, each with the same tasks, and what takes the next one from each. */
async function openBoth(name: string, ids: readonly string[]) {
  const [ours, theirs] = [
    `{${redis.namespace}:${name}-ours}`,
    `{${redis.namespace}:${name}-theirs}`,
  ];
  const token = 'token';
  const worker = new Worker('turns', null, {
    connection: redis.connect(),
    prefix: theirs,
    lockDuration: 60_000,
  });
  closing.push(() => worker.close());
  const [queueOfOurs, queueOfTheirs] = [openQueue(ours), openQueue(theirs)];
  for (const queue of [queueOfOurs, queueOfTheirs]) {
    for (const jobId of ids) {
      await queue.add('turn', { jobId }, { jobId, ...taskOptions('turn'), timestamp: now });
    }
  }
  const take = defineScript(redis.redis, 'take-task', 1);
  return {
    queue: queueOfOurs,
    take: () => take(`${ours}:turns:`, Date.now(), token, 60_000) as Promise<TakenTask | null>,
    takeAsBullMQ: () => worker.getNextJob(token, { block: false }),
    contents: async () => [needed(await contentsOf(ours)), needed(await contentsOf(theirs))],
    hasSign: () => redis.redis.exists(`${ours}:turns:marker`),
    withoutSign: () => redis.redis.del(`${ours}:turns:marker`),
  };
}

test('a task that is taken stands in BullMQ as its own worker would have taken it, and others are told of', async () => {
  const both = await openBoth('take', ['first', 'second']);
  await both.withoutSign();
  const taken = await both.take();
  expect(taken?.slice(1, 5)).toEqual(['second', 0, 0, 1]);
  expect(await both.hasSign()).toBe(1);
  expect((await both.takeAsBullMQ())?.id).toBe('second');
  const [ours, theirs] = await both.contents();
  expect(ours).toEqual(theirs);
  expect(Object.keys(theirs ?? {})).toContain(':turns:second:lock');

  await both.withoutSign();
  expect((await both.take())?.slice(1, 5)).toEqual(['first', 0, 0, 0]);
  expect(await both.hasSign()).toBe(0);
  expect(await both.take()).toEqual([null, '', 0, 0, 0]);
});

test('who looks in vain is told when the next delayed task is due; who takes another one leaves a sign', async () => {
  const both = await openBoth('delayed', ['first']);
  await both.queue.add('turn', {}, { jobId: 'later', delay: 60_000 });
  const due = Number(await both.queue.getJob('later').then((job) => job?.timestamp)) + 60_000;
  await both.withoutSign();
  expect((await both.take())?.slice(1, 5)).toEqual(['first', 0, 0, 1]);
  expect(await both.hasSign()).toBe(1);
  expect(await both.take()).toEqual([null, '', 0, due, 0]);
});

const leftToBullMQ: Record<string, (queue: Queue) => Promise<unknown>> = {
  'is paused': (queue) => queue.pause(),
  'is limited by an operator': (queue) => queue.setGlobalConcurrency(1),
  'is limited in time': (queue) => queue.setGlobalRateLimit(1, 60_000),
  'has a task whose time has come': async (queue) => {
    await queue.add('turn', {}, { jobId: 'due', delay: 1 });
    const added = Date.now();
    await waitFor(() => Date.now() > added + 2);
  },
};

test.each(Object.entries(leftToBullMQ))(
  'BullMQ looks itself where the queue %s',
  async (name, make) => {
    const both = await openBoth(`left-${name.replaceAll(' ', '-')}`, ['first']);
    await make(both.queue);
    expect(await both.take()).toBeNull();
    expect(await both.queue.getActive()).toEqual([]);
  },
);

test('BullMQ looks itself where all tasks have a priority', async () => {
  const both = await openBoth('priority', []);
  await both.queue.add('turn', {}, { jobId: 'first', priority: 1 });
  expect(await both.take()).toBeNull();
  await both.queue.add('turn', {}, { jobId: 'second' });
  expect((await both.take())?.slice(1, 5)).toEqual(['second', 0, 0, 1]);
});
