import { testRedis, waitFor } from '@pawl/testing';
import { expect, test } from 'vitest';
import type { RunningTask } from '../src/index.ts';
import { holding, turnOf, turnQueues } from './turn-queues.ts';

const redis = testRedis();
const { openQueue, startWorker, renewedTwice } = turnQueues(redis);

const one = { nominal: 1, reserve: 0, groupLimit: 0 };

/** A worker of one slot, in a queue that has one: of the tasks that are woken, one runs and the others wait. */
async function openNarrow() {
  const place = await openQueue(one);
  return {
    ...place,
    marker: `${place.prefix}:turns:marker`,
    activeIds: async () => (await place.turns.getActive()).map(({ id }) => id),
    wake: (...turns: ReturnType<typeof turnOf>[]) =>
      place.queue.wake(turns.map(({ wake }) => wake)),
    whenDone: () =>
      waitFor(async () => (await place.left()).length === 0, { what: 'every task to be done' }),
  };
}

type Narrow = Awaited<ReturnType<typeof openNarrow>>;

/** Lets a worker of one slot do this in the first task's run, and nothing in others; tells which have run. */
function startWithFirst(
  place: Narrow,
  first: ReturnType<typeof turnOf>,
  work: (share: RunningTask['share'], errors: readonly Error[]) => Promise<unknown>,
  options: { readonly lockDuration?: number } = {},
) {
  const runs: string[] = [];
  const { errors } = startWorker(
    place,
    async ({ job }, { share }) => {
      runs.push(job);
      if (job === first.job) await work(share, errors);
      return { kind: 'done' };
    },
    { slots: one, ...options },
  );
  return { runs, errors };
}

test('the slot of a task that ends takes the one that gets its share by that, and nobody else is told', async () => {
  const place = await openNarrow();
  const [first, second] = [turnOf(), turnOf()];
  const runs: string[] = [];
  const tokens: (string | null)[] = [];
  const { errors } = startWorker(
    place,
    async ({ job }, { share }) => {
      runs.push(job);
      if (job !== first.job) return { kind: 'done' };
      const lockOf = (id: string) => redis.redis.get(`${place.prefix}:turns:${id}:lock`);
      const own = await lockOf(first.id);
      await redis.redis.del(place.marker);
      await place.end(share);
      tokens.push(own, await lockOf(second.id));
      expect(await place.activeIds()).toEqual([second.id]);
      expect(await redis.redis.exists(place.marker)).toBe(0);
      expect(runs).toEqual([first.job]);
      return { kind: 'done' };
    },
    { slots: one },
  );
  await place.wake(first, second);
  await place.whenDone();
  expect(runs).toEqual([first.job, second.job]);
  expect(tokens[0]).toEqual(expect.stringMatching(/^worker:/));
  expect(tokens[1]).toBe(tokens[0]);
  expect(errors).toEqual([]);
});

test('where tasks wait in the queue already, the slot takes one of these', async () => {
  const place = await openQueue({ ...one, nominal: 2 });
  const turns = [turnOf(), turnOf(), turnOf()];
  const runs: string[] = [];
  let active: (string | undefined)[] = [];
  startWorker(
    place,
    async ({ job }, { share }) => {
      if (runs.push(job) > 1) return { kind: 'done' };
      await place.end(share);
      active = (await place.turns.getActive()).map(({ id }) => id);
      return { kind: 'done' };
    },
    { slots: one },
  );
  await place.queue.wake(turns.map(({ wake }) => wake));
  await waitFor(() => runs.length === 3, { what: 'three tasks to run' });
  expect(active).toEqual([`${runs[1]}.turn.1`]);
  expect(new Set(runs)).toEqual(new Set(turns.map(({ job }) => job)));
});

/**
 * Lets tasks end one after the other, or as many at once as there are slots, while others keep coming for as long as
 * one of these has not run; tells at which place each of them has run.
 */
async function placesOf(
  late: readonly ReturnType<typeof turnOf>[],
  { slots, most }: { readonly slots: number; readonly most: number },
): Promise<number[]> {
  const place = await openQueue({ ...one, nominal: slots });
  const runs: string[] = [];
  const due = Date.now() + 100;
  let atOnce: (() => void)[] = [];
  startWorker(
    place,
    async ({ job }, { share }) => {
      runs.push(job);
      const hasAll = late.every((turn) => runs.includes(turn.job));
      const isOver = hasAll || runs.length > most;
      const others = isOver ? [] : [turnOf().wake];
      await place.queue.wake(others);
      if (runs.length <= slots) await waitFor(() => Date.now() > due, { what: 'the time to come' });
      await new Promise<void>((resolve) => {
        atOnce.push(resolve);
        if (atOnce.length < slots && !isOver) return;
        for (const end of atOnce) end();
        atOnce = [];
      });
      await place.end(share);
      return { kind: 'done' };
    },
    { slots: { ...one, nominal: slots } },
  );
  for (const [index, { wake }] of late.entries()) {
    await place.queue.wake([{ ...wake, at: due - 50 + 10 * index }]);
  }
  await place.queue.wake(Array.from({ length: 2 * slots }, () => turnOf().wake));
  await waitFor(() => late.every(({ job }) => runs.includes(job)), { what: 'them to run' });
  return late.map(({ job }) => runs.indexOf(job));
}

test.each([[1], [2]])(
  'tasks whose time has come get shares in their turn, however many others keep coming, with %s to end at once',
  async (slots) => {
    const late = [turnOf(), turnOf(), turnOf()];
    const places = await placesOf(late, { slots, most: 400 });
    expect(Math.max(...places)).toBeLessThan(200);
  },
);

test('a task that cannot be read keeps no slot: what waits behind it runs', async () => {
  const place = await openNarrow();
  const [first, third] = [turnOf(), turnOf()];
  const { runs, errors } = startWithFirst(place, first, async (share) => {
    await place.turns.add('turn', {}, { jobId: 'damaged.turn.1', attempts: 1 });
    await redis.redis.hset(`${place.prefix}:turns:damaged.turn.1`, 'data', '{');
    await place.end(share);
    await place.wake(third);
  });
  await place.wake(first);
  await waitFor(() => runs.length === 2, { what: 'the third task to run' });
  expect(runs).toEqual([first.job, third.job]);
  expect(errors.map(({ name }) => name)).toContain('SyntaxError');
});

test('a task that the same commit makes needless does not get the slot', async () => {
  const place = await openNarrow();
  const [first, second, third] = [turnOf(), turnOf(), turnOf()];
  const { runs } = startWithFirst(place, first, (share) =>
    place.end(share, { over: [second.wake.task] }),
  );
  await place.wake(first, second, third);
  await place.whenDone();
  expect(runs).toEqual([first.job, third.job]);
});

test('its lock is renewed while the work before it goes on behind its commit', async () => {
  const place = await openNarrow();
  const [first, second] = [turnOf(), turnOf()];
  const left: number[] = [];
  const { runs, errors } = startWithFirst(
    place,
    first,
    async (share) => {
      await place.end(share);
      left.push(await renewedTwice(place, second.id));
    },
    { lockDuration: 2_000 },
  );
  await place.wake(first, second);
  await place.whenDone();
  expect(runs).toEqual([first.job, second.job]);
  expect(left[0]).toBeGreaterThan(0);
  expect(errors).toEqual([]);
});

test.each([
  ['before the commit, and takes none', true],
  ['behind the commit, and gives it to another worker', false],
])('a worker drains %s', async (_when, isBefore) => {
  const place = await openNarrow();
  const [first, second] = [turnOf(), turnOf()];
  const runs: string[] = [];
  const { begun, handle, end } = holding();
  const { worker, errors } = startWorker(
    place,
    async (task, running) => {
      if (!isBefore) await place.end(running.share);
      const handled = await handle(task, running);
      if (isBefore) await place.end(running.share);
      return handled;
    },
    { slots: one },
  );
  await place.wake(first, second);
  await waitFor(() => begun.length === 1, { what: 'the first task to run' });
  const drained = worker.drain();
  end(first.job);
  await drained;
  expect(begun).toEqual([first.job]);
  expect(await place.activeIds()).toEqual([]);
  startWorker(
    place,
    async ({ job }) => {
      runs.push(job);
      return { kind: 'done' };
    },
    { owner: 'another', slots: one },
  );
  await place.whenDone();
  expect(runs).toEqual([second.job]);
  expect(errors).toEqual([]);
});

test('in a queue that an operator has paused, it waits', async () => {
  const place = await openNarrow();
  const [first, second] = [turnOf(), turnOf()];
  let active: (string | undefined)[] | undefined;
  const { runs } = startWithFirst(place, first, async (share) => {
    await place.turns.pause();
    await place.end(share);
    active = await place.activeIds();
    await place.turns.resume();
  });
  await place.wake(first, second);
  await place.whenDone();
  expect(active).toEqual([]);
  expect(runs).toEqual([first.job, second.job]);
});

test('where the worker dies before it begins, another one takes it over at once', async () => {
  const place = await openNarrow();
  const [first, second] = [turnOf(), turnOf()];
  const { begun, handle, end } = holding();
  startWorker(
    place,
    async (task, running) => {
      await place.end(running.share);
      return handle(task, running);
    },
    { owner: 'gone', slots: one },
  );
  await place.wake(first, second);
  await waitFor(() => begun.length === 1, { what: 'the first task to have ended' });
  const runs: string[] = [];
  const { worker } = startWorker(
    place,
    async ({ job }) => {
      runs.push(job);
      return { kind: 'done' };
    },
    { owner: 'another', slots: one },
  );
  expect(await worker.takeOver('gone')).toBe(1);
  await waitFor(() => runs.length === 1, { what: 'the second task to run' });
  expect(runs).toEqual([second.job]);
  // The one that was taken for gone lives, and finds its lock lost.
  end(first.job);
  await waitFor(() => begun.length === 2, { what: 'the second task to run there, too' });
  end(second.job);
});

test('where its lock is lost before it begins, it does not begin', async () => {
  const place = await openNarrow();
  const [first, second, third] = [turnOf(), turnOf(), turnOf()];
  const { runs, errors } = startWithFirst(
    place,
    first,
    async (share, errors) => {
      await place.end(share);
      await redis.redis.set(`${place.prefix}:turns:${second.id}:lock`, 'another');
      await waitFor(() => errors.length > 0, { what: 'the loss to be noticed' });
      // The other one ends it.
      await place.commit({ ending: { ...second.share, token: 'another' } });
    },
    { lockDuration: 2_000 },
  );
  await place.wake(first, second, third);
  await place.whenDone();
  expect(runs).toEqual([first.job, third.job]);
  // Nobody asks for that lock any more.
  const noticed = errors.length;
  const over = performance.now() + 2_500;
  await waitFor(() => performance.now() > over, { what: 'the locks to be renewed again' });
  expect(errors).toHaveLength(noticed);
});

test('a commit that is tried again, since no replica has it, forgets no task that it has taken', async () => {
  const place = await openNarrow();
  const [first, second] = [turnOf(), turnOf()];
  const { runs } = startWithFirst(place, first, async (share) => {
    await place.end(share);
    await place.end(share);
  });
  await place.wake(first, second);
  await place.whenDone();
  expect(runs).toEqual([first.job, second.job]);
});
