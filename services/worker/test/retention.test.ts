import { shardOfId } from '@pawl/contracts';
import { cancelJob } from '@pawl/engine';
import type { Retention } from '@pawl/store';
import { testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { startTestWorker } from './harness/start-test-worker.ts';
import { startReceiver } from './harness/webhook-receiver.ts';

const hour = 3_600_000;
/** For what takes several runs of the sweeper. */
// A sweep ends when its time is over, on a busy machine after nothing at all, and the next one goes on.
const patience = { timeout: 60_000 };
const secret = 'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=';

type Worker = Awaited<ReturnType<typeof startTestWorker>>;

const start = (retention: Retention, shards?: number) =>
  startTestWorker(testRedis(), {
    retention,
    webhooks: { given: { default: [secret] } },
    ...(shards !== undefined && { shards }),
  });

/** A job that ends at once, after those before it. */
async function endedJob(
  { post, engine }: Worker,
  body: { conversation?: string; user?: string } = {},
  owner: { tenant?: string } = {},
): Promise<string> {
  const id = await post({ prompt: 'Wait', delay_seconds: 3_600, ...body }, owner);
  await cancelJob(engine, id, 'api');
  return id;
}

const newestJobs = await start({ jobs: { age: 24 * hour, count: 3 } });
const manyJobs = await start({ jobs: { age: 24 * hour, count: 10 } });
const newestOfShards = await start({ jobs: { age: 24 * hour, count: 4 } }, 3);
const newestConversationsOfShards = await start(
  { jobs: { age: 24 * hour }, conversations: { count: 2 } },
  3,
);
const newestConversations = await start({
  jobs: { age: 24 * hour },
  conversations: { count: 2 },
});
const idleConversations = await start({ jobs: { age: 24 * hour }, conversations: { age: hour } });
const agedJobs = await start({ jobs: { age: 2 * hour }, conversations: { age: hour } });
const agedDeliveries = await start({
  jobs: { age: 24 * hour },
  deliveries: { age: hour },
});
const newestDeliveries = await start({
  jobs: { age: 24 * hour },
  deliveries: { count: 1 },
});
const receiver = await startReceiver();

const exists = async ({ store }: Worker, id: string) => (await store.readJob(id)) !== undefined;
const existing = async (worker: Worker, ids: readonly string[]) => {
  const found = await Promise.all(ids.map((id) => exists(worker, id)));
  return ids.filter((_, index) => found[index]);
};

const deliveriesOf = async (worker: Worker, job: string) =>
  (await worker.store.listDeliveries({ tenant: 'default', job, limit: 10 })).deliveries.length;

test('of each tenant the newest jobs are kept, whatever their status', async () => {
  const ids: string[] = [];
  for (let made = 0; made < 7; made += 1) ids.push(await endedJob(newestJobs));
  const other = await endedJob(newestJobs, {}, { tenant: 'other' });
  const waiting = await newestJobs.post({ prompt: 'Wait', delay_seconds: 3_600 });
  await expect
    .poll(async () => {
      await newestJobs.sweepLater(hour);
      return existing(newestJobs, ids);
    }, patience)
    .toEqual(ids.slice(-3));
  expect(await existing(newestJobs, [other, waiting])).toEqual([other, waiting]);
});

test('of a tenant whose users stand in three shards the newest jobs of all shards are kept', async () => {
  const ids: string[] = [];
  for (let made = 0; made < 24; made += 1) {
    ids.push(await endedJob(newestOfShards, { user: `user_${made}` }));
  }
  expect(new Set(ids.map(shardOfId)).size).toBe(3);
  const other = await endedJob(newestOfShards, {}, { tenant: 'other' });
  await expect
    .poll(async () => {
      await newestOfShards.sweepLater(hour);
      return existing(newestOfShards, ids);
    }, patience)
    .toEqual(ids.slice(-4));
  await newestOfShards.sweepLater(2 * hour);
  expect(await existing(newestOfShards, [...ids, other])).toEqual([...ids.slice(-4), other]);
});

test('of a tenant whose users stand in three shards the newest conversations of all are kept', async () => {
  const ids: string[] = [];
  for (let made = 0; made < 12; made += 1) {
    ids.push(await endedJob(newestConversationsOfShards, { user: `user_${made}` }));
  }
  expect(new Set(ids.map(shardOfId)).size).toBe(3);
  await expect
    .poll(async () => {
      await newestConversationsOfShards.sweepLater(hour);
      return existing(newestConversationsOfShards, ids);
    }, patience)
    .toEqual(ids.slice(-2));
});

test('more than one run may take is erased by further runs, and none too many', async () => {
  const ids = await Promise.all(Array.from({ length: 450 }, () => endedJob(manyJobs)));
  await expect
    .poll(async () => {
      await manyJobs.sweepLater(hour);
      return (await existing(manyJobs, ids)).length;
    }, patience)
    .toBe(10);
  await Promise.all([manyJobs.sweepLater(2 * hour), manyJobs.sweepLater(2 * hour)]);
  expect(await existing(manyJobs, ids)).toHaveLength(10);
});

test('the newest conversations of a tenant are kept; one in which a job waits is none that has ended', async () => {
  const busy = await newestConversations.post({ prompt: 'Wait', delay_seconds: 3_600 });
  const ids: string[] = [];
  for (let made = 0; made < 4; made += 1) ids.push(await endedJob(newestConversations));
  const second = (await newestConversations.store.readJob(ids[1] ?? ''))?.conversation ?? '';
  ids.push(await endedJob(newestConversations, { conversation: second }));
  await expect
    .poll(async () => {
      await newestConversations.sweepLater(hour);
      return existing(newestConversations, [busy, ...ids]);
    }, patience)
    .toEqual([busy, ids[2], ids[3]]);
});

test('a conversation in which nothing happens is erased; one that goes on keeps its jobs', async () => {
  const idle = await endedJob(idleConversations);
  const first = await endedJob(idleConversations);
  const conversation = (await idleConversations.store.readJob(first))?.conversation ?? '';
  const waiting = await idleConversations.post({
    prompt: 'Wait',
    delay_seconds: 3_600,
    conversation,
  });
  await expect
    .poll(async () => {
      await idleConversations.sweepLater(1.5 * hour);
      return existing(idleConversations, [idle, first, waiting]);
    }, patience)
    .toEqual([first, waiting]);
  await cancelJob(idleConversations.engine, waiting, 'api');
  await expect
    .poll(async () => {
      await idleConversations.sweepLater(4 * hour);
      return existing(idleConversations, [first, waiting]);
    }, patience)
    .toEqual([]);
});

test('a job is erased by its age, however long its conversation goes on', async () => {
  const first = await endedJob(agedJobs);
  const conversation = (await agedJobs.store.readJob(first))?.conversation ?? '';
  const waiting = await agedJobs.post({ prompt: 'Wait', delay_seconds: 7_200, conversation });
  await agedJobs.sweepLater(1.5 * hour);
  expect(await existing(agedJobs, [first, waiting])).toEqual([first, waiting]);
  await expect
    .poll(async () => {
      await agedJobs.sweepLater(2.5 * hour);
      return existing(agedJobs, [first, waiting]);
    }, patience)
    .toEqual([waiting]);
});

test('settled webhooks are erased before their job, by age and by number', async () => {
  const webhook = { url: receiver.url, events: ['job.cancelled' as const] };
  const deliver = async (worker: Worker) => {
    const id = await worker.post({ prompt: 'Wait', delay_seconds: 3_600, webhook });
    await cancelJob(worker.engine, id, 'api');
    await expect.poll(() => worker.store.hasPendingDeliveries(id), patience).toBe(false);
    return id;
  };
  const job = await deliver(agedDeliveries);
  expect(await deliveriesOf(agedDeliveries, job)).toBe(1);
  await expect
    .poll(async () => {
      await agedDeliveries.sweepLater(2 * hour);
      return deliveriesOf(agedDeliveries, job);
    }, patience)
    .toBe(0);
  expect(await exists(agedDeliveries, job)).toBe(true);

  const [older, newer] = [await deliver(newestDeliveries), await deliver(newestDeliveries)];
  await expect
    .poll(async () => {
      await newestDeliveries.sweepLater(hour);
      return deliveriesOf(newestDeliveries, older);
    }, patience)
    .toBe(0);
  expect(await deliveriesOf(newestDeliveries, newer)).toBe(1);
  await expect
    .poll(async () => {
      await newestDeliveries.sweepLater(25 * hour);
      return existing(newestDeliveries, [older, newer]);
    }, patience)
    .toEqual([]);
});
