import { newId, type Task } from '@pawl/contracts';
import type { Capacity, Share, Wake } from '@pawl/engine';
import { testRedis, waitFor } from '@pawl/testing';
import { Queue } from 'bullmq';
import { afterAll, expect, test } from 'vitest';
import {
  createTaskQueue,
  createTaskWorker,
  type Handled,
  type PawlTaskQueue,
  type RunningTask,
} from '../src/index.ts';

const slots: Capacity = { nominal: 2, reserve: 2, groupLimit: 0 };
const redis = testRedis();
const closing: (() => Promise<unknown>)[] = [];
// Before what deletes the keys: hooks run in reverse, and a queue writes until it is closed.
afterAll(async () => {
  for (const close of closing.toReversed()) await close();
});

let namespaces = 0;

/** A queue of its own in the file's part of Redis. */
function openQueue({ now }: { now?: () => number } = {}) {
  const prefix = `{${redis.namespace}:${(namespaces += 1)}}`;
  const queue = createTaskQueue({
    connection: redis.redis,
    keys: { tag: () => prefix, timedSchedules: () => `${prefix}:timed-schedules` },
    shards: 1,
    ...(now === undefined ? {} : { now }),
  });
  const turns = new Queue('turns', { connection: redis.redis, prefix });
  closing.push(
    () => queue.close(),
    () => turns.close(),
  );
  const announce = (capacity: Capacity, worker = 'worker') =>
    queue.announceSlots(worker, {
      turn: capacity,
      tool_call: capacity,
      webhook: capacity,
      schedule: capacity,
    });
  const keys = async () =>
    (await redis.keys()).filter((key) => key.startsWith(`${prefix}:shares:turns`));
  /** The jobs of the turns that BullMQ has. */
  const queued = async () =>
    (await turns.getJobs()).map(({ data }) => (data as { job: string }).job);
  return { prefix, queue, turns, announce, keys, queued };
}

function turnOf(
  owner: { tenant?: string; user?: string } = {},
  parts: Partial<Omit<Wake, 'owner' | 'task'>> = {},
): Wake & { job: string } {
  const { tenant = 'a', user = 'user' } = owner;
  const job = newId('job', 0);
  const task = { kind: 'turn', job, since: 1 } as const;
  return { job, task, at: 0, priority: 0, owner: { tenant, group: user }, ...parts };
}

const shareOf = (task: Task): Share => ({ task, isHeld: true });

async function startWorker(
  { queue, prefix }: { queue: PawlTaskQueue; prefix: string },
  handle: (job: string, running: RunningTask) => Promise<Handled>,
  capacity = slots,
) {
  const errors: Error[] = [];
  const worker = createTaskWorker({
    kind: 'turn',
    connection: redis.connect(),
    prefix,
    owner: 'worker',
    queue,
    slots: capacity,
    reads: { keyPrefix: `${prefix}:job:`, fields: ['state', 'request'] },
    lockDuration: 60_000,
    stalledInterval: 500,
    handle: (task, running) => handle(task.job, running),
    onError: (error) => errors.push(error),
  });
  closing.push(() => worker.drain());
  return { worker, errors };
}

test('tasks wait as state until there is a worker, and start when it comes', async () => {
  const { queue, announce, queued, keys } = openQueue();
  const wakes = [turnOf(), turnOf(), turnOf()];
  const { parked } = await queue.wake(wakes);
  expect(parked).toEqual(wakes.map(({ task }) => task));
  expect(await queued()).toEqual([]);

  await announce(slots);
  await queue.sweepShares(0, 0);
  expect(new Set(await queued())).toEqual(new Set([wakes[0]?.job, wakes[1]?.job]));

  await queue.giveBack(shareOf(wakes[0]?.task as Task));
  expect(await queued()).toContain(wakes[2]?.job);
  for (const { task } of wakes) await queue.giveBack(shareOf(task));
  expect(await keys()).toEqual([]);
});

test('one user gets what is nominal, and the next tenant starts beside him', async () => {
  const { queue, announce, queued } = openQueue();
  await announce(slots);
  const hog = Array.from({ length: 5 }, () => turnOf({ tenant: 'a' }));
  expect((await queue.wake(hog)).parked).toHaveLength(3);
  const neighbour = turnOf({ tenant: 'a', user: 'another' });
  const other = turnOf({ tenant: 'b' });
  expect((await queue.wake([neighbour])).parked).toEqual([]);
  expect((await queue.wake([other])).parked).toEqual([]);
  expect(await queued()).toHaveLength(4);
});

test('waking a task again changes nothing, whether it waits, has a share or is queued', async () => {
  const { queue, announce, queued, turns } = openQueue();
  await announce({ nominal: 1, reserve: 0, groupLimit: 0 });
  const [held, waiting] = [turnOf(), turnOf()];
  for (const _ of [1, 2, 3]) await queue.wake([held, waiting]);
  expect(await queued()).toEqual([held.job]);
  const later = turnOf({ tenant: 'b' }, { at: Date.now() + 3_600_000 });
  await queue.wake([later]);
  expect((await queue.wake([{ ...later, at: 0 }])).parked).toEqual([]);
  expect(await turns.getDelayedCount()).toBe(1);
});

test('a death between getting a share and the queue loses nothing: the sweeper adds the task', async () => {
  const { queue, announce, queued, turns, keys } = openQueue();
  await announce({ nominal: 1, reserve: 0, groupLimit: 0 });
  const [first, second] = [turnOf(), turnOf()];
  await queue.wake([first, second]);
  // As if the one who ended the first had died with what was then to be started.
  await queue.giveBack(shareOf(first.task));
  await turns.obliterate({ force: true });
  expect(await queued()).toEqual([]);

  expect(await queue.sweepShares(0, Date.now() - 60_000)).toBe(0);
  expect(await queue.sweepShares(0, Date.now() + 1)).toBe(1);
  expect(await queued()).toEqual([second.job]);
  expect(await queue.sweepShares(0, Date.now() + 1)).toBe(0);
  await queue.giveBack(shareOf(second.task));
  expect(await keys()).toEqual([]);
});

test('the slots of a worker that is not heard of any more are not counted', async () => {
  let now = 1_000_000;
  const { queue, announce, queued } = openQueue({ now: () => now });
  const one: Capacity = { nominal: 1, reserve: 0, groupLimit: 0 };
  await announce(one, 'dead');
  now += 20_000;
  await announce(one, 'alive');
  await queue.wake([turnOf(), turnOf()]);
  expect(await queued()).toHaveLength(1);
  await announce(one, 'another');
  await queue.sweepShares(0, 0);
  expect(await queued()).toHaveLength(2);
  await queue.announceSlots('another', null);
  expect((await queue.wake([turnOf({ tenant: 'b' })])).parked).toHaveLength(1);
});

test('a group has its limit, whatever is free', async () => {
  const { queue, announce, queued } = openQueue();
  await announce({ nominal: 10, reserve: 5, groupLimit: 3 });
  await queue.wake(Array.from({ length: 8 }, () => turnOf()));
  expect(await queued()).toHaveLength(3);
  await queue.wake(Array.from({ length: 8 }, () => turnOf({ user: 'another' })));
  expect(await queued()).toHaveLength(6);
});

test('a task whose time comes while its user has all his shares waits as state, and runs once', async () => {
  const place = openQueue();
  const { queue, turns, announce, keys } = place;
  const one: Capacity = { nominal: 1, reserve: 1, groupLimit: 0 };
  await announce(one);
  const runs: string[] = [];
  let end: (() => void) | undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const long = turnOf();
  const { errors } = await startWorker(
    place,
    async (job) => {
      runs.push(job);
      if (job === long.job) await ended;
      return { kind: 'done' };
    },
    one,
  );
  await queue.wake([long]);
  // On a busy machine the second one's time would come before the first one runs.
  await waitFor(() => runs.length === 1, { what: 'the first task to run' });
  const due = turnOf({}, { at: Date.now() + 50 });
  await queue.wake([due]);
  await waitFor(
    async () => (await redis.redis.zcard(`${place.prefix}:shares:turns:parked:a`)) === 1,
    { what: 'the second task to be parked' },
  );
  await waitFor(async () => (await turns.getDelayedCount()) === 0, { what: 'no task to be left' });
  expect(runs).toEqual([long.job]);
  end?.();
  await waitFor(async () => (await keys()).length === 0, { what: 'every share to be given back' });
  expect(runs).toEqual([long.job, due.job]);
  expect(errors).toEqual([]);
});

test('a task that is put off gives its share back, and one that fails keeps it until it runs again', async () => {
  const place = openQueue();
  const { queue, announce, keys } = place;
  const one: Capacity = { nominal: 1, reserve: 0, groupLimit: 0 };
  await announce(one);
  const [putOff, failing, last] = [turnOf(), turnOf(), turnOf()];
  const runs: string[] = [];
  await startWorker(
    place,
    async (job) => {
      runs.push(job);
      const times = runs.filter((each) => each === job).length;
      if (job === putOff.job && times === 1) return { kind: 'later', at: Date.now() + 20 };
      if (job === failing.job && times === 1) throw new Error('not now');
      return { kind: 'done' };
    },
    one,
  );
  await queue.wake([putOff, failing, last]);
  await waitFor(async () => runs.length === 5 && (await keys()).length === 0, {
    what: 'every task to be done',
  });
  const names = new Map([
    [putOff.job, 'put off'],
    [failing.job, 'failing'],
    [last.job, 'last'],
  ]);
  expect(runs.map((job) => names.get(job)).slice(0, 3)).toEqual(['put off', 'failing', 'failing']);
});

test('what a worker wants to know of a task is read as the task is taken; of one that BullMQ takes, nothing is', async () => {
  const { prefix, queue, turns, announce } = openQueue();
  await announce(slots);
  const [first, second] = [turnOf(), turnOf()];
  await redis.redis.hset(`${prefix}:job:${first.job}`, {
    state: 'its state',
    others: 'are not read',
  });
  const read: Record<string, RunningTask['read']> = {};
  await startWorker({ queue, prefix }, async (job, running) => {
    read[job] = running.read;
    return { kind: 'done' };
  });
  await queue.wake([first]);
  await expect.poll(() => read).toEqual({ [first.job]: ['its state', null] });
  await turns.setGlobalConcurrency(1);
  await queue.wake([second]);
  await expect.poll(() => Object.keys(read)).toEqual([first.job, second.job]);
  expect(read[second.job]).toBeUndefined();
});

test('what was read with a task that cannot be read is not taken for what was read with the next one', async () => {
  const { prefix, queue, turns, announce } = openQueue();
  await announce({ nominal: 1, reserve: 0, groupLimit: 0 });
  const [bad, good] = [newId('job', 0), turnOf()];
  await redis.redis.hset(`${prefix}:job:${bad}`, { state: 'of the bad one' });
  await redis.redis.hset(`${prefix}:job:${good.job}`, { state: 'of the good one' });
  await queue.wake([good]);
  const data = { kind: 'turn', job: bad, since: 'in the words of a later version' };
  await turns.add('turn', data, { jobId: `${bad}.turn.1`, lifo: true });
  const read: RunningTask['read'][] = [];
  const handle = async (_job: string, running: RunningTask): Promise<Handled> => {
    read.push(running.read);
    return { kind: 'done' };
  };
  await startWorker({ queue, prefix }, handle, { nominal: 1, reserve: 0, groupLimit: 0 });
  await expect.poll(() => read).toHaveLength(1);
  // Nothing is read where BullMQ takes it itself, behind the one that has failed.
  expect([undefined, 'of the good one']).toContain(read[0]?.[0]);
});

test('a task of a version before shares runs without one', async () => {
  const place = openQueue();
  const { turns, keys } = place;
  const runs: string[] = [];
  await startWorker(place, async (job) => {
    runs.push(job);
    return { kind: 'done' };
  });
  const job = newId('job', 0);
  await turns.add('turn', { kind: 'turn', job, since: 1 }, { jobId: `${job}.turn.1` });
  await waitFor(() => runs.length === 1, { what: 'the task' });
  expect(runs).toEqual([job]);
  expect(await keys()).toEqual([]);
});

test('who holds shares and who waits can be asked, and since when the oldest waits', async () => {
  let now = 1_000;
  const { queue, announce } = openQueue({ now: () => now });
  await announce({ nominal: 1, reserve: 0, groupLimit: 0 });
  expect(await queue.shareUsage(0)).toEqual([]);
  await queue.wake([turnOf({ tenant: 'a' })]);
  for (const user of ['one', 'another']) {
    now += 500;
    await queue.wake([turnOf({ tenant: 'a', user })]);
  }
  await queue.wake([turnOf({ tenant: 'b' })]);
  const usage = await queue.shareUsage(0);
  expect(usage).toHaveLength(3);
  expect(usage).toEqual(
    expect.arrayContaining([
      { kind: 'turn', held: 1, parked: 3, oldestParked: 1_500 },
      { kind: 'turn', tenant: 'a', held: 1, parked: 2, oldestParked: 1_500 },
      { kind: 'turn', tenant: 'b', held: 0, parked: 1, oldestParked: 2_000 },
    ]),
  );
});
