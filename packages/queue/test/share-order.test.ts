import type { Wake } from '@pawl/engine';
import { testRedis, waitFor } from '@pawl/testing';
import { expect, test } from 'vitest';
import { turnOf, turnQueues } from './turn-queues.ts';

const { openQueue } = turnQueues(testRedis());

const oneSlot = { nominal: 1, reserve: 0, groupLimit: 0 };
const turn = (parts: Partial<Wake> = {}): Wake => ({ ...turnOf().wake, ...parts });
const ofTenant = (tenant: string) => turnOf(tenant).wake;

/** Ends one task after another, of which one runs at a time: in which order they start. */
async function startInOrder(
  { queue, turns }: Awaited<ReturnType<typeof openQueue>>,
  wakes: readonly Wake[],
): Promise<Wake[]> {
  const order: Wake[] = [];
  for (;;) {
    const started = new Set(
      (await turns.getJobs()).map(({ data }) => (data as { job: string }).job),
    );
    const next = wakes.find(
      ({ task }) =>
        'job' in task && started.has(task.job) && !order.some((wake) => wake.task === task),
    );
    if (next === undefined) return order;
    order.push(next);
    await queue.giveBack({ task: next.task, isHeld: true });
  }
}

test('the next share goes to who was served least, whoever ends', async () => {
  const place = await openQueue(oneSlot);
  const first = Array.from({ length: 4 }, () => ofTenant('a'));
  const second = [ofTenant('b'), ofTenant('b')];
  await place.queue.wake(first);
  await place.queue.wake(second);
  const order = await startInOrder(place, [...first, ...second]);
  expect(order.map(({ owner }) => owner.tenant).join('')).toBe('ababaa');
});

test('within a group the lowest priority comes first, then who came first', async () => {
  const place = await openQueue(oneSlot);
  const wakes = [0, 2, 1, 2_000_000, 1].map((priority) => turn({ priority }));
  await place.queue.wake(wakes);
  const order = await startInOrder(place, wakes);
  expect(order.map((wake) => wakes.indexOf(wake))).toEqual([0, 2, 4, 1, 3]);
});

test('of the tasks of one user the lowest priority comes first, then jobs that have begun, then who came first', async () => {
  const place = await openQueue(oneSlot);
  const wakes = [
    turn(),
    turn({ priority: 2_000_000 }),
    turn({ priority: 2_000_000, hasBegun: true }),
    turn({ priority: 1 }),
    turn(),
    turn(),
    turn({ hasBegun: true }),
    turn({ hasBegun: true }),
  ];
  for (const wake of wakes) await place.queue.wake([wake]);
  const order = await startInOrder(place, wakes);
  expect(order.map((wake) => wakes.indexOf(wake))).toEqual([0, 6, 7, 4, 5, 3, 2, 1]);
});

test('since when the oldest task waits is told, whether its job has begun or not', async () => {
  const { queue } = await openQueue(oneSlot);
  await queue.wake([turn()]);
  const waits = async (wake: Wake) => {
    await queue.wake([wake]);
    const usage = (await queue.shareUsage(0)).find(({ tenant }) => tenant === undefined);
    return usage?.oldestParked ?? 0;
  };
  const first = await waits(turn());
  await waitFor(() => Date.now() > first);
  expect(await waits(turn({ hasBegun: true }))).toBe(first);
});
