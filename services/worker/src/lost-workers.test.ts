import { createLogger } from '@pawl/runtime';
import { expect, onTestFinished, test } from 'vitest';
import { nextInRing, watchWorkers } from './lost-workers.ts';

const names = (count: number) =>
  Array.from({ length: count }, (_, place) => `worker-${String(place).padStart(3, '0')}`);

test('each worker watches the eight behind it, and the ring closes', () => {
  const workers = names(20);
  expect(nextInRing(workers, 'worker-003')).toEqual(workers.slice(4, 12));
  expect(nextInRing(workers, 'worker-017')).toEqual([...workers.slice(18), ...workers.slice(0, 6)]);
  expect(nextInRing(['only'], 'only')).toEqual([]);
});

test('everybody is watched, also by whoever is new and not in the list yet', () => {
  const workers = names(9);
  for (const worker of workers) {
    expect(workers.filter((each) => nextInRing(workers, each).includes(worker))).toHaveLength(8);
  }
  expect(nextInRing(workers, 'worker-004-new')).toContain('worker-005');
});

test('a machine full of workers that are gone is taken over as a whole, and nobody who came back', async () => {
  const gone = new Set(names(30));
  const present = new Set([...gone, 'worker-100', 'worker-101']);
  const away = new Set([...gone, 'worker-101']);
  const taken: string[] = [];
  const stop = watchWorkers({
    store: {
      connectedWorkers: async () => [...present],
      unseenWorkers: async (workers) => {
        const unseen = workers.filter((worker) => away.has(worker));
        away.delete('worker-101');
        return unseen;
      },
      lostWorkers: async (workers) => workers.filter((worker) => away.has(worker)),
    },
    log: createLogger({ name: 'test', level: 'silent' }),
    workerId: 'worker-100',
    async takeOver(worker) {
      taken.push(worker);
      present.delete(worker);
      away.delete(worker);
    },
  });
  onTestFinished(stop);
  await expect.poll(() => taken.length, { timeout: 20_000 }).toBe(30);
  expect(new Set(taken)).toEqual(gone);
});
