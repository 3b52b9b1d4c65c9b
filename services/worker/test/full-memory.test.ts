import { shardOfId } from '@pawl/contracts';
import { cancelJob } from '@pawl/engine';
import { connectRedis } from '@pawl/runtime';
import { startRefusingRedis, waitFor } from '@pawl/testing';
import { afterAll, expect, test } from 'vitest';
import { scripted, startTestWorker } from './harness/start-test-worker.ts';

// Where memory is full, what frees it and what ends work goes on.
const redis = await startRefusingRedis();
afterAll(() => redis.remove());
const worker = await startTestWorker({ url: redis.url, namespace: 'full' });
const { store } = worker;
const reader = connectRedis(redis.url, 'worker');
afterAll(async () => {
  await redis.heal();
  reader.disconnect();
});

test('400 ended jobs are erased, a job is cancelled and the sweeper erases what is due, while memory is full', async () => {
  const done = await worker.post({ prompt: scripted([{ text: 'Done.' }]) });
  await worker.ended(done);
  const post = () => worker.post({ prompt: 'Wait', delay_seconds: 3_600 });
  const jobs = await Promise.all(Array.from({ length: 400 }, post));
  await Promise.all(jobs.map((job) => cancelJob(worker.engine, job, 'api')));
  const [due, postponed] = await Promise.all([post(), post()]);
  await cancelJob(worker.engine, due, 'api');
  await redis.refuse('OOM');
  await expect(reader.set('{full:0}:grows', '1')).rejects.toThrow('OOM');

  const tag = `{full:${shardOfId(postponed)}}`;
  const erased = await Promise.all([...jobs, done].map((job) => store.eraseJob(job)));
  expect(erased.every(({ kind }) => kind === 'erased')).toBe(true);
  expect(await cancelJob(worker.engine, postponed, 'api')).toBe(true);
  await store.postponeErasure(postponed, Date.now() + 7_200_000);
  expect(Number(await reader.zscore(`${tag}:retained`, postponed))).toBeGreaterThan(
    Date.now() + 7_000_000,
  );
  await worker.sweepLater(3_600_000);
  expect(await store.readJob(due)).toBeUndefined();
  expect(await reader.keys(`${tag}:job:*`)).toEqual([`${tag}:job:${postponed}`]);
  await reader.del(`${tag}:sweep-lease`);
  await waitFor(async () => (await reader.get(`${tag}:sweep-lease`)) !== null);
});
