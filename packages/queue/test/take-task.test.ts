import { newId } from '@pawl/contracts';
import { testRedis, waitFor } from '@pawl/testing';
import { type JobsOptions, type Queue, raw2NextJobData } from 'bullmq';
import { expect, test } from 'vitest';
import { taskOptions } from '../src/catalogue.ts';
import { bullmqTasks } from '../src/shares/bullmq-tasks.ts';
import {
  changeTasks,
  defineScript,
  wordsOfOperation,
  wordsOfTake,
} from '../src/shares/run-shares.ts';
import type { TakenTask } from '../src/unhurried-worker.ts';
import { capacity, needed, now, queuesBeside } from './queues-beside.ts';

const redis = testRedis();
const { openTasks, openQueue, openWorker, contentsOf } = queuesBeside(redis);

/** Names and values that stand in turns, as pairs. */
function pairsOf(flat: readonly string[]): [string, string][] {
  return flat.flatMap((name, index) => (index % 2 === 0 ? [[name, flat[index + 1] ?? '']] : []));
}

/** A queue of ours and one of BullMQ's own, each with the same tasks, and what takes the next one from each. */
async function openBoth(name: string, ids: readonly string[]) {
  const [ours, theirs] = [
    `{${redis.namespace}:${name}-ours}`,
    `{${redis.namespace}:${name}-theirs}`,
  ];
  const token = 'token';
  const worker = openWorker(theirs);
  const [queueOfOurs, queueOfTheirs] = [openQueue(ours), openQueue(theirs)];
  for (const queue of [queueOfOurs, queueOfTheirs]) {
    for (const jobId of ids) {
      await queue.add('turn', { jobId }, { jobId, ...taskOptions('turn'), timestamp: now });
    }
  }
  const take = defineScript(redis.redis, 'take-task', 1, bullmqTasks);
  return {
    queue: queueOfOurs,
    addDelayed: async (name: string, options: JobsOptions) => {
      for (const queue of [queueOfOurs, queueOfTheirs]) await queue.add('turn', { name }, options);
    },
    take: ({ dueFirst = false } = {}) =>
      take(
        `${ours}:turns:`,
        Date.now(),
        ...wordsOfTake({ lock: { token, duration: 60_000 }, dueFirst }),
      ) as Promise<TakenTask | null>,
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

test.each([[true], [false]])(
  'a task whose time has come is taken as BullMQ’s own worker would take it (first: %s)',
  async (dueFirst) => {
    const both = await openBoth(`due-${dueFirst}`, []);
    const options = { jobId: 'due', ...taskOptions('turn', 1), timestamp: now };
    await both.addDelayed('due', options);
    const added = Date.now();
    await waitFor(() => Date.now() > added + 2);
    expect((await both.take({ dueFirst }))?.slice(1, 5)).toEqual(['due', 0, 0, 0]);
    expect((await both.takeAsBullMQ())?.id).toBe('due');
    const [ours, theirs] = await both.contents();
    expect(ours).toEqual(theirs);
    expect(Object.keys(theirs ?? {})).toContain(':turns:due:lock');
  },
);

test('what is due, and what has waited for longest, comes first or last', async () => {
  const both = await openBoth('ends', ['first', 'second', 'third']);
  const ids: (string | undefined)[] = [];
  for (const dueFirst of [true, false, true]) ids.push((await both.take({ dueFirst }))?.[1]);
  expect(ids).toEqual(['first', 'third', 'second']);

  const mixed = await openBoth('mixed', ['waiting']);
  for (const jobId of ['early', 'late']) await mixed.queue.add('turn', {}, { jobId, delay: 1 });
  const added = Date.now();
  await waitFor(() => Date.now() > added + 2);
  ids.length = 0;
  for (const dueFirst of [true, false, false]) ids.push((await mixed.take({ dueFirst }))?.[1]);
  expect(ids).toEqual(['early', 'waiting', 'late']);
});

test('BullMQ looks itself where a task with a priority is due', async () => {
  const both = await openBoth('due-priority', ['first']);
  await both.queue.add('turn', {}, { jobId: 'due', delay: 1, priority: 1 });
  const added = Date.now();
  await waitFor(() => Date.now() > added + 2);
  expect(await both.take({ dueFirst: true })).toBeNull();
  expect(await both.queue.getActive()).toEqual([]);
});

test('BullMQ looks itself where all tasks have a priority', async () => {
  const both = await openBoth('priority', []);
  await both.queue.add('turn', {}, { jobId: 'first', priority: 1 });
  expect(await both.take()).toBeNull();
  await both.queue.add('turn', {}, { jobId: 'second' });
  expect((await both.take())?.slice(1, 5)).toEqual(['second', 0, 0, 1]);
});

test('a task that is taken as it is added stands in BullMQ as its own worker would have taken it', async () => {
  const [ours, theirs] = ['ours-next', 'theirs-next'].map((name) => `{${redis.namespace}:${name}}`);
  const tasks = await openTasks(`${ours}`);
  const narrow = { nominal: 1, reserve: 0, groupLimit: 0 };
  const slots = { turn: narrow, tool_call: capacity, webhook: capacity, schedule: capacity };
  await tasks.announceSlots('worker', slots);
  const [first, second] = [newId('job', 0), newId('job', 0)];
  const owner = { tenant: 'default', group: 'user' };
  for (const job of [first, second]) {
    await tasks.wake([{ task: { kind: 'turn', job, since: 1 }, at: 0, priority: 0, owner }]);
  }
  const lock = { token: 'token', duration: 60_000 };
  const reads = { keyPrefix: `${ours}:job:`, fields: ['state', 'request'] };
  await redis.redis.hset(`${ours}:job:${second}`, { state: 'its state' });
  const take = defineScript(redis.redis, 'take-task', 1, bullmqTasks);
  await take(`${ours}:turns:`, now, ...wordsOfTake({ lock, dueFirst: false }));
  const [pool, id] = ['turns', `${first}.turn.1`];
  const ends = [
    { kind: 'take', pool, next: { lock, fromQueue: true, dueFirst: false, reads } },
    { kind: 'leave', pool, id },
    { kind: 'finish', pool, id, token: lock.token },
  ] as const;
  const run = `${changeTasks}
local _, taken = change_tasks(KEYS[1], ARGV[1], ARGV, 2, #ARGV)
return taken`;
  const words = ends.flatMap(wordsOfOperation);
  const taken = (await redis.redis.eval(run, 1, `${ours}`, now, ...words)) as TakenTask;
  expect(taken.slice(1)).toEqual([`${second}.turn.1`, 0, 0, 0, ['its state', null]]);

  const queue = openQueue(`${theirs}`);
  const worker = openWorker(`${theirs}`, lock.duration);
  const [said] = raw2NextJobData(taken);
  const data: unknown = JSON.parse(said?.data ?? '');
  await queue.add('turn', data, { jobId: taken[1], ...taskOptions('turn'), timestamp: now });
  const theirJob = await worker.getNextJob(lock.token, { block: false });
  const expected = needed(await contentsOf(`${theirs}`));
  const left = needed(await contentsOf(`${ours}`));
  expect(left).toEqual(expected);
  expect(Object.keys(expected)).toContain(`:turns:${taken[1]}:lock`);
  // The answer says what BullMQ would read of the task.
  const fields = await redis.redis.hgetall(`${ours}:turns:${taken[1]}`);
  expect(Object.fromEntries(pairsOf(taken[0] ?? []))).toEqual(fields);
  expect(theirJob?.attemptsStarted).toBe(1);
});
