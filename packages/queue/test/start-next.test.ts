import { newId } from '@pawl/contracts';
import type { Capacity, Share, TaskChanges, TaskLock, Wake } from '@pawl/engine';
import { testRedis, waitFor } from '@pawl/testing';
import { Queue } from 'bullmq';
import { afterAll, expect, test } from 'vitest';
import {
  createTaskQueue,
  createTaskScript,
  createTaskWorker,
  type TaskHandler,
  type TaskWorker,
} from '../src/index.ts';
import { changeTasks } from '../src/shares/run-shares.ts';

const redis = testRedis();
const closing: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const close of closing.toReversed()) await close();
});

/** What a commit does to tasks, without the commit. */
const change = `${changeTasks}
local before, last = tonumber(ARGV[3]), #ARGV
local answer = change_tasks(ARGV[1], ARGV[2], ARGV, 4, 3 + before)
if before > 0 and answer[#answer - 2] ~= 'started' then return 0 end
change_tasks(ARGV[1], ARGV[2], ARGV, 4 + before, last)
return 1`;

const plenty: Capacity = { nominal: 10, reserve: 0, groupLimit: 0 };
const lock = { token: 'worker:next:1', duration: 60_000 };

let namespaces = 0;

async function openQueue(capacity = plenty) {
  const prefix = `{${redis.namespace}:${(namespaces += 1)}}`;
  const queue = createTaskQueue({
    connection: redis.redis,
    keys: { tag: () => prefix, timedSchedules: () => `${prefix}:timed-schedules` },
    shards: 1,
  });
  const tasks = createTaskScript({ tag: () => prefix });
  /** Changes tasks as a commit does; answers whether that would be written. */
  async function commit(changes: Partial<TaskChanges>): Promise<boolean> {
    const words = tasks.wordsOf({ wakes: [], over: [], ...changes });
    if (words === undefined) return true;
    const { tag, now, before, after } = words;
    const values = [tag, now, before.length, ...before, ...after];
    return (await redis.redis.eval(change, 0, ...values)) === 1;
  }
  /** Starts a task in a worker; answers what runs it, undefined where it has not started. */
  async function startIn(worker: TaskWorker<'turn'>, wake: Wake) {
    const reserved = worker.reserve(wake);
    if (reserved === undefined) return undefined;
    if (await commit({ start: { wake, lock: reserved.lock } })) return reserved.run;
    reserved.free();
    return undefined;
  }
  const turns = new Queue('turns', { connection: redis.redis, prefix });
  closing.push(
    () => queue.close(),
    () => turns.close(),
  );
  await queue.announceSlots('worker', {
    turn: capacity,
    tool_call: capacity,
    webhook: capacity,
    schedule: capacity,
  });
  /** What is kept of shares, and of tasks. */
  const left = async () =>
    (await redis.keys()).filter((key) => key.startsWith(prefix) && /:shares:turns|job_/.test(key));
  return { prefix, queue, turns, left, commit, startIn };
}

function turnOf(tenant = 'a') {
  const job = newId('job', 0);
  const wake: Wake = {
    task: { kind: 'turn', job, since: 1 },
    at: 0,
    priority: 0,
    owner: { tenant, group: 'user' },
  };
  return { job, wake, id: `${job}.turn.1`, share: { task: wake.task, isHeld: true } as Share };
}

function startWorker(
  { queue, prefix }: Pick<Awaited<ReturnType<typeof openQueue>>, 'queue' | 'prefix'>,
  handle: TaskHandler<'turn'>,
  { owner = 'worker', slots = plenty, lockDuration = 60_000 } = {},
) {
  const errors: Error[] = [];
  const worker = createTaskWorker({
    kind: 'turn',
    connection: redis.connect(),
    prefix,
    owner,
    queue,
    slots,
    lockDuration,
    stalledInterval: 60_000,
    handle,
    onError: (error) => errors.push(error),
  });
  closing.push(() => worker.drain());
  return { worker, errors };
}

/** A handler that runs until it is told to end, and the jobs that it has begun. */
function holding() {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const handle: TaskHandler<'turn'> = async ({ job }) => {
    begun.push(job);
    await new Promise<void>((resolve) => ends.set(job, resolve));
    return { kind: 'done' };
  };
  return { begun, handle, end: (job: string) => ends.get(job)?.() };
}

test('a task is started in place of another one: it has its share and a lock, and waits for nobody', async () => {
  const { queue, turns, commit } = await openQueue({ nominal: 1, reserve: 0, groupLimit: 0 });
  const [first, second] = [turnOf(), turnOf()];
  await queue.wake([first.wake]);
  expect(await commit({ ending: first.share, start: { wake: second.wake, lock } })).toBe(true);
  const [active] = await turns.getActive();
  expect(active?.id).toBe(second.id);
  expect(await redis.redis.get(`${turns.opts.prefix}:turns:${second.id}:lock`)).toBe(lock.token);
  expect(await queue.shareUsage(0)).toMatchObject([{ held: 1 }, { held: 1 }]);
});

test('who waits for longer comes first: then the task is not started, and is woken as any other', async () => {
  const { queue, turns, commit } = await openQueue({ nominal: 1, reserve: 0, groupLimit: 0 });
  const [first, waiting, next] = [turnOf(), turnOf('b'), turnOf()];
  await queue.wake([first.wake]);
  await queue.wake([waiting.wake]);
  expect(await commit({ ending: first.share, start: { wake: next.wake, lock } })).toBe(false);
  expect((await turns.getJobs()).map(({ id }) => id)).toContain(waiting.id);
  expect((await turns.getJobs()).map(({ id }) => id)).not.toContain(next.id);
  expect((await queue.wake([next.wake])).parked).toEqual([next.wake.task]);
});

test('a start that is sent again, since its answer was lost, is answered again; nobody else gets the task', async () => {
  const { queue, commit } = await openQueue();
  const next = turnOf();
  for (const _ of ['first', 'again']) {
    expect(await commit({ start: { wake: next.wake, lock } })).toBe(true);
  }
  const another = { ...lock, token: 'another:next:1' };
  expect(await commit({ start: { wake: next.wake, lock: another } })).toBe(false);
  const woken = turnOf();
  await queue.wake([woken.wake]);
  expect(await commit({ start: { wake: woken.wake, lock } })).toBe(false);
});

test('a share is given back with the wakes that its task ends with', async () => {
  const { queue, commit, left } = await openQueue({ nominal: 1, reserve: 0, groupLimit: 0 });
  const [first, next] = [turnOf(), turnOf()];
  await queue.wake([first.wake]);
  await commit({ ending: first.share, wakes: [next.wake] });
  expect((await queue.wake([next.wake])).parked).toEqual([]);
  await queue.giveBack(next.share);
  expect((await left()).filter((key) => key.includes('shares'))).toEqual([]);
});

test('a task that is not wanted any more waits for no share', async () => {
  const { queue, turns, commit } = await openQueue({ nominal: 1, reserve: 0, groupLimit: 0 });
  const [first, second, third] = [turnOf(), turnOf(), turnOf()];
  await queue.wake([first, second, third].map(({ wake }) => wake));
  await commit({ over: [second.wake.task] });
  await queue.giveBack(first.share);
  const queued = (await turns.getJobs()).map(({ id }) => id);
  expect(new Set(queued)).toEqual(new Set([first.id, third.id]));
});

test('a task whose commit ends it is not ended again, and the worker goes on with the next one', async () => {
  const place = await openQueue();
  const runs: string[] = [];
  const { errors } = startWorker(place, async ({ job }, { share }) => {
    runs.push(job);
    await place.commit({ ending: { ...share } });
    share.isHeld = false;
    share.onCompleted?.();
    expect((await place.left()).some((key) => key.includes(job))).toBe(false);
    return { kind: 'done' };
  });
  const turns = [turnOf(), turnOf(), turnOf()];
  await place.queue.wake(turns.map(({ wake }) => wake));
  await waitFor(async () => runs.length === 3 && (await place.left()).length === 0, {
    what: 'three tasks to be done',
  });
  expect(errors).toEqual([]);
});

test('the lock of a task that its commit has ended is not missed', async () => {
  const place = await openQueue();
  const lockDuration = 500;
  let isOver = false;
  const { errors } = startWorker(
    place,
    async (_task, { share, signal }) => {
      await place.commit({ ending: { ...share } });
      share.isHeld = false;
      share.onCompleted?.();
      await waitFor(() => performance.now() > begun + 3 * lockDuration, {
        what: 'locks to run out',
      });
      expect(signal.aborted).toBe(false);
      isOver = true;
      return { kind: 'done' };
    },
    { lockDuration },
  );
  const begun = performance.now();
  await place.queue.wake([turnOf().wake]);
  await waitFor(() => isOver, { what: 'the task to be done' });
  expect(errors).toEqual([]);
});

test('a task whose lock is lost is not ended by the one who had it', async () => {
  const { queue, turns, commit } = await openQueue();
  const next = turnOf();
  await commit({ start: { wake: next.wake, lock } });
  await commit({ ending: { ...next.share, token: 'another' } });
  expect(await turns.getActiveCount()).toBe(1);
  await commit({ ending: { ...next.share, isHeld: false, token: lock.token } });
  expect(await turns.getActiveCount()).toBe(0);
  expect(await queue.shareUsage(0)).toEqual([]);
});

test('in a queue that is paused a task waits, whoever would start it', async () => {
  const place = await openQueue();
  const { queue, turns, left } = place;
  await turns.pause();
  const next = turnOf();
  expect(await place.commit({ start: { wake: next.wake, lock } })).toBe(false);
  const runs: string[] = [];
  startWorker(place, async ({ job }) => {
    runs.push(job);
    return { kind: 'done' };
  });
  await queue.wake([next.wake]);
  expect(runs).toEqual([]);
  await turns.resume();
  await waitFor(async () => runs.length === 1 && (await left()).length === 0, {
    what: 'the task to run and to leave nothing',
  });
});

test('a worker runs the task that it has taken, by the handler that it is given, and leaves nothing of it', async () => {
  const place = await openQueue();
  const runs: string[] = [];
  const own =
    (name: string): TaskHandler<'turn'> =>
    async ({ job }, { share }) => {
      runs.push(`${name} ${job} ${share.isHeld}`);
      return { kind: 'done' };
    };
  const { worker, errors } = startWorker(place, own('its own'));
  const [first, second] = [turnOf(), turnOf()];
  (await place.startIn(worker, first.wake))?.(own('given'));
  (await place.startIn(worker, second.wake))?.();
  await waitFor(async () => runs.length === 2 && (await place.left()).length === 0, {
    what: 'both tasks to be done',
  });
  expect(runs).toEqual([`given ${first.job} true`, `its own ${second.job} true`]);
  expect(errors).toEqual([]);
});

test('a task that fails is tried again by the worker’s own handler', async () => {
  const place = await openQueue();
  const runs: string[] = [];
  const { worker, errors } = startWorker(place, async () => {
    runs.push('its own');
    return { kind: 'done' };
  });
  const next = turnOf();
  (await place.startIn(worker, next.wake))?.(async () => {
    runs.push('given');
    throw new Error('not now');
  });
  await waitFor(async () => runs.length === 2 && (await place.left()).length === 0, {
    what: 'the task to be done',
  });
  expect(runs).toEqual(['given', 'its own']);
  expect(errors.map(({ message }) => message)).toEqual(['not now']);
});

test('a slot is a slot: what a worker has taken counts, and what waits runs when it ends', async () => {
  const place = await openQueue();
  const two = { nominal: 2, reserve: 0, groupLimit: 0 };
  const { begun, handle, end } = holding();
  const { worker } = startWorker(place, handle, { slots: two });
  const [taken, woken, waiting, refused] = [turnOf(), turnOf(), turnOf(), turnOf()];
  (await place.startIn(worker, taken.wake))?.();
  await waitFor(() => begun.length === 1, { what: 'the taken task to run' });
  await place.queue.wake([woken.wake]);
  await waitFor(() => begun.length === 2, { what: 'a second task to run' });
  expect(await place.startIn(worker, refused.wake)).toBeUndefined();

  await place.queue.wake([waiting.wake]);
  await waitFor(async () => (await place.turns.getWaitingCount()) === 1, { what: 'one to wait' });
  expect(begun).toEqual([taken.job, woken.job]);
  end(taken.job);
  await waitFor(() => begun.length === 3, { what: 'the waiting task to run' });
  expect(begun).toEqual([taken.job, woken.job, waiting.job]);
  end(woken.job);
  end(waiting.job);
  await waitFor(async () => (await place.left()).length === 0, { what: 'every task to be done' });
});

test('a task that comes after a taken one has ended finds the slot, while the others still run', async () => {
  const place = await openQueue();
  const two = { nominal: 2, reserve: 0, groupLimit: 0 };
  const { begun, handle, end } = holding();
  const { worker } = startWorker(place, handle, { slots: two });
  const [taken, woken, later] = [turnOf(), turnOf(), turnOf()];
  (await place.startIn(worker, taken.wake))?.();
  await waitFor(() => begun.length === 1, { what: 'the taken task to run' });
  await place.queue.wake([woken.wake]);
  await waitFor(() => begun.length === 2, { what: 'both to run' });
  end(taken.job);
  await waitFor(async () => (await place.turns.getActiveCount()) === 1, { what: 'one to end' });
  await place.queue.wake([later.wake]);
  await waitFor(() => begun.length === 3, { what: 'the later task to run' });
  expect(begun).toEqual([taken.job, woken.job, later.job]);
  for (const { job } of [woken, later]) end(job);
});

test('however many are to be started at once, a worker runs no more than it has slots', async () => {
  const place = await openQueue({ nominal: 100, reserve: 0, groupLimit: 0 });
  const three = { nominal: 3, reserve: 0, groupLimit: 0 };
  const { begun, handle, end } = holding();
  const { worker } = startWorker(place, handle, { slots: three });
  const all = Array.from({ length: 10 }, () => turnOf());
  const runs = await Promise.all(all.map(({ wake }) => place.startIn(worker, wake)));
  // BullMQ's own loop keeps one.
  expect(runs.filter((run) => run !== undefined)).toHaveLength(2);
  for (const run of runs) run?.();
  await place.queue.wake(
    all.filter((_, index) => runs[index] === undefined).map(({ wake }) => wake),
  );
  await waitFor(() => begun.length === 3, { what: 'three tasks to run' });
  for (let ended = 0; ended < all.length; ended += 1) {
    await waitFor(() => begun.length > ended, { what: 'the next task to run' });
    expect(begun.length - ended).toBeLessThanOrEqual(3);
    end(begun[ended] ?? '');
    await waitFor(
      async () => !(await place.left()).some((key) => key.includes(begun[ended] ?? '')),
    );
  }
  await waitFor(async () => (await place.left()).length === 0, { what: 'every task to be done' });
});

test('a task that was taken before a worker drains, and claimed, is worked on all the same', async () => {
  const place = await openQueue();
  const runs: string[] = [];
  const { worker } = startWorker(place, async () => ({ kind: 'done' }));
  const run = await place.startIn(worker, turnOf().wake);
  const drained = worker.drain();
  run?.(async () => {
    runs.push('given');
    return { kind: 'done' };
  });
  await drained;
  expect(runs).toEqual(['given']);
  expect(await place.left()).toEqual([]);
});

/** Waits until the lock of a task has been renewed twice, and tells how little it had left at the least. */
async function renewedTwice(prefix: string, id: string): Promise<number> {
  const lives: number[] = [];
  await waitFor(
    async () => {
      lives.push(await redis.redis.pttl(`${prefix}:turns:${id}:lock`));
      return lives.filter((life, index) => index > 0 && life > (lives[index - 1] ?? 0)).length > 1;
    },
    { what: 'the lock to be renewed' },
  );
  return Math.min(...lives);
}

test('the lock of a taken task is renewed while its commit lasts', async () => {
  const place = await openQueue();
  const { worker, errors } = startWorker(place, async () => ({ kind: 'done' }), {
    lockDuration: 1_000,
  });
  const next = turnOf();
  const run = await place.startIn(worker, next.wake);
  expect(await renewedTwice(place.prefix, next.id)).toBeGreaterThan(0);
  run?.();
  await waitFor(async () => (await place.left()).length === 0, { what: 'the task to be done' });
  expect(errors).toEqual([]);
});

test('a worker that drains ends the tasks that it has taken, whose locks it renews, and takes no more', async () => {
  const place = await openQueue();
  const lockDuration = 1_000;
  const { begun, handle, end } = holding();
  const { worker, errors } = startWorker(place, handle, { lockDuration });
  const next = turnOf();
  (await place.startIn(worker, next.wake))?.();
  await waitFor(() => begun.length === 1, { what: 'the task to run' });
  const drained = worker.drain();
  expect(await place.startIn(worker, turnOf().wake)).toBeUndefined();
  expect(await renewedTwice(place.prefix, next.id)).toBeGreaterThan(0);
  end(next.job);
  await drained;
  expect(errors).toEqual([]);
  expect(await place.left()).toEqual([]);
});

test('the task of a worker that is gone is taken over at once', async () => {
  const place = await openQueue();
  const next = turnOf();
  const gone: TaskLock = { ...lock, token: 'gone:next:1' };
  await place.commit({ start: { wake: next.wake, lock: gone } });
  const runs: string[] = [];
  const { worker } = startWorker(place, async ({ job }) => {
    runs.push(job);
    return { kind: 'done' };
  });
  expect(await worker.takeOver('gone')).toBe(1);
  await waitFor(() => runs.length === 1, { what: 'the task to run' });
  expect(runs).toEqual([next.job]);
});
