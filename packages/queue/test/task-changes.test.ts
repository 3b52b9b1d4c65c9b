import { testRedis, waitFor } from '@pawl/testing';
import { expect, test } from 'vitest';
import type { Handled } from '../src/index.ts';
import { lock, turnOf, turnQueues } from './turn-queues.ts';

const redis = testRedis();
const { openQueue, startWorker } = turnQueues(redis);

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
    await place.end(share);
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
    async (_task, { share, controller: { signal } }) => {
      await place.end(share);
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

test('a worker whose task got no share reserves no slot for a moment, and then again', async () => {
  const place = await openQueue({ nominal: 1, reserve: 0, groupLimit: 0 });
  const { worker } = startWorker(place, async () => ({ kind: 'done' }));
  const [first, waiting, next] = [turnOf(), turnOf('b'), turnOf()];
  const reserved = worker.reserve(next.wake);
  expect(reserved).toBeDefined();
  reserved?.free(false);
  const crowded = worker.reserve(waiting.wake);
  crowded?.free(true);
  expect(worker.reserve(first.wake)).toBeUndefined();
  await waitFor(
    () => {
      const again = worker.reserve(first.wake);
      again?.free(false);
      return again !== undefined;
    },
    { what: 'a slot to be reserved again' },
  );
});

test.each<[string, (end: () => Promise<void>) => Promise<Handled>]>([
  ['by its commit', (end) => end().then(() => ({ kind: 'done' }))],
  ['by itself', async () => ({ kind: 'done' })],
  ['as put off', async () => ({ kind: 'later', at: Date.now() + 60_000 })],
  ['as failed', () => Promise.reject(new Error('not now'))],
])(
  'where an operator limits how many tasks run, the next one starts as soon as one has ended %s',
  async (_how, finish) => {
    const place = await openQueue();
    await place.turns.setGlobalConcurrency(1);
    const [first, second] = [turnOf(), turnOf()];
    const marker = `${place.turns.opts.prefix}:turns:marker`;
    const runs: string[] = [];
    startWorker(place, async ({ job }, { share }) => {
      if (runs.push(job) > 1) return { kind: 'done' };
      await place.queue.wake([second.wake]);
      await waitFor(async () => (await redis.redis.exists(marker)) === 0, {
        what: 'the worker to have looked in vain, and to wait for a sign',
      });
      return finish(() => place.end(share));
    });
    await place.queue.wake([first.wake]);
    await waitFor(() => runs.includes(second.job), {
      what: 'the second task to run before the worker looks by itself, after 10 seconds',
      timeoutMilliseconds: 8_000,
    });
    expect(runs[0]).toBe(first.job);
  },
);
