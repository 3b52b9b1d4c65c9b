import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { connectRedis, redisNodes } from '@pawl/runtime';
import { testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { createChangeFeed } from '../src/changes.ts';
import { admission, newJob, startStore, step } from './harness.ts';

const redis = testRedis({ oneServer: true });
const { store, subscriber, keys } = await startStore(redis);

test('a wait ends after its time, whatever is collected meanwhile', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const job = newJob();
  await store.commit({ jobs: [admission(job)], at: 0 });
  const signal = new AbortController().signal;
  const wait = store.waitForChange(job.id, { until: () => false, timeout: 1_000, signal });
  for (let round = 0; round < 10; round += 1) {
    await nextTurn();
    collect();
  }
  await expect(wait).resolves.toEqual({ kind: 'over' });
});

test('who waits for some statuses reads the job once before, and once for each of these', async () => {
  const job = newJob();
  await store.commit({ jobs: [admission(job)], at: 0 });
  const seen: number[] = [];
  const wait = store.waitForChange(job.id, {
    statuses: new Set(['completed']),
    until(state) {
      seen.push(state.sequence);
      return state.phase.name === 'ended';
    },
    timeout: 20_000,
  });
  await expect.poll(() => seen).toEqual([1]);
  const turn = step(job, { turn: 1 });
  expect(await store.commit({ jobs: [turn], at: 0 })).toEqual({ kind: 'written' });
  const from = { name: 'lined' } as const;
  const phase = { name: 'ended', at: 5, ending: { status: 'completed' }, from } as const;
  const ended = step(turn.after, { phase });
  expect(await store.commit({ jobs: [ended], at: 0 })).toEqual({ kind: 'written' });
  await wait;
  expect(seen).toEqual([1, 3]);
});

test('a change that is told while the subscriber reconnects ends the wait all the same', async () => {
  const job = newJob();
  await store.commit({ jobs: [admission(job)], at: 0 });
  let isOver = false;
  const until = ({ sequence }: { sequence: number }) => sequence > job.sequence;
  const wait = store.waitForChange(job.id, { until, timeout: 60_000 });
  void wait.then(() => (isOver = true));
  const channel = keys.statusChanges(job.id);
  await expect.poll(async () => (await redis.redis.pubsub('NUMSUB', channel))[1]).toBe(1);
  const closed = once(subscriber, 'close');
  subscriber.disconnect(true);
  await closed;
  await store.commit({ jobs: [step(job, {})], at: 1 });
  expect(subscriber.status).not.toBe('ready');
  await expect.poll(() => isOver).toBe(true);
});

test('a connection that is closed as it comes back leaves no rejection that nobody handles', async () => {
  const own = connectRedis(redis.url, 'subscriber');
  const feed = createChangeFeed(own);
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => void unhandled.push(reason);
  process.on('unhandledRejection', note);
  await feed.listen('a channel', () => undefined);
  const ended = once(own, 'end');
  const breakOff = () => redisNodes(own).forEach(({ stream }) => stream.destroy());
  own.once('ready', () => {
    own.disconnect();
    breakOff();
  });
  breakOff();
  await ended;
  await nextTurn();
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
});
