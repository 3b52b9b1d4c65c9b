import type { TaskLock } from '@pawl/engine';
import { testRedis, waitFor } from '@pawl/testing';
import { expect, test } from 'vitest';
import type { TaskHandler } from '../src/index.ts';
import { holding, lock, turnOf, turnQueues } from './turn-queues.ts';

const redis = testRedis();
const { openQueue, startWorker, renewedTwice } = turnQueues(redis);

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

test('the lock of a taken task is renewed while its commit lasts', async () => {
  const place = await openQueue();
  const { worker, errors } = startWorker(place, async () => ({ kind: 'done' }), {
    lockDuration: 1_000,
  });
  const next = turnOf();
  const run = await place.startIn(worker, next.wake);
  expect(await renewedTwice(place, next.id)).toBeGreaterThan(0);
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
  expect(await renewedTwice(place, next.id)).toBeGreaterThan(0);
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
