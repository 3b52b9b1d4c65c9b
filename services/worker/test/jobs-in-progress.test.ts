import type { JobState } from '@pawl/contracts';
import { awaitedPlace, cancelJob, statusOf } from '@pawl/engine';
import { testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { startTestWorker } from './harness/start-test-worker.ts';

const worker = await startTestWorker(testRedis(), {
  sandbox: { autoActive: false },
  rules: { placeCheckInterval: 500 },
});
const { store, control, engine } = worker;

const asked = (text: string) =>
  control.modelRequests().items.filter(({ prompt }) => prompt.includes(text));

/** The model does not answer a prompt with this text until it is let go. */
function hold(text: string): () => void {
  const match = { operation: 'model', promptIncludes: text } as const;
  control.addFault({ match, effect: { kind: 'hang' } });
  return () => control.release(match);
}

const waitsForPlace = (job: JobState) => awaitedPlace(job) !== undefined;

const of = (value: number | undefined) => (value === undefined ? {} : { jobs_in_progress: value });

async function limit(tenant: string, limits: { tenant?: number; user?: number }): Promise<void> {
  await store.writeOperatorLimits(tenant, { tenant: of(limits.tenant), user: of(limits.user) });
}

/** Users of a tenant whose jobs are in the same shard as those of this one. */
function usersBeside({ tenant, user }: { tenant: string; user: string }): string[] {
  const shard = store.shardOf({ tenant, user });
  return Array.from({ length: 100 }, (_, number) => `neighbour ${number}`).filter(
    (other) => store.shardOf({ tenant, user: other }) === shard,
  );
}

test('jobs beyond those in progress stay queued as state, and start in their order as others end', async () => {
  const tenant = 'in-order';
  await limit(tenant, { user: 1 });
  const texts = ['Goes first.', 'Goes second.', 'Goes third.'];
  const releases = texts.map(hold);
  const post = (prompt: string) => worker.post({ prompt, connections: [] }, { tenant });
  const first = await post('Goes first.');
  await expect.poll(() => asked('Goes first.').length).toBe(1);
  const second = await post('Goes second.');
  await worker.until(second, waitsForPlace);
  const third = await post('Goes third.');
  const parked = await worker.until(third, waitsForPlace);
  expect(statusOf(parked)).toBe('queued');

  for (const [index, id] of [first, second, third].entries()) {
    await expect.poll(() => asked(texts[index] ?? '').length, { timeout: 60_000 }).toBe(1);
    const later = texts.slice(index + 1).flatMap(asked);
    expect(later).toEqual([]);
    releases[index]?.();
    expect(await worker.ended(id)).toMatchObject({ status: 'completed' });
  }
});

test('one user’s jobs that wait keep no other user’s job waiting', async () => {
  const tenant = 'two-users';
  await limit(tenant, { user: 1 });
  const release = hold('Is held for ada.');
  const post = (prompt: string, user: string) =>
    worker.post({ prompt, user, connections: [] }, { tenant });
  const held = await post('Is held for ada.', 'ada');
  await expect.poll(() => asked('Is held for ada.').length).toBe(1);
  const waiting = await post('Waits for ada.', 'ada');
  await worker.until(waiting, waitsForPlace);
  const other = await post('Works for bob.', 'bob');
  expect(await worker.ended(other)).toMatchObject({ status: 'completed' });
  expect(asked('Waits for ada.')).toEqual([]);
  release();
  for (const id of [held, waiting]) {
    expect(await worker.ended(id)).toMatchObject({ status: 'completed' });
  }
});

test('of many jobs at once no more are in progress than the tenant may have', async () => {
  const tenant = 'at-once';
  await limit(tenant, { tenant: 2 });
  const text = 'One of many.';
  const match = { operation: 'model', promptIncludes: text } as const;
  control.addFault({ match, effect: { kind: 'hang' }, times: 'always' });
  // Of one shard: at the same moment a tenant's jobs of several may pass its limit by a few.
  const users = usersBeside({ tenant, user: 'user 0' });
  const ids = await Promise.all(
    users
      .slice(0, 6)
      .map((user) => worker.post({ prompt: text, user, connections: [] }, { tenant })),
  );
  for (let ended = 0; ended < ids.length; ended += 2) {
    await expect.poll(() => asked(text).length, { timeout: 60_000 }).toBe(ended + 2);
    const { tenant: counts } = await store.readJobCounts({ tenant, user: '' }, Date.now());
    expect(counts.inProgress).toBe(2);
    control.release(match);
    await expect
      .poll(
        async () => (await store.readJobCounts({ tenant, user: '' }, Date.now())).tenant.queued,
        {
          timeout: 60_000,
        },
      )
      .toBe(Math.max(0, ids.length - ended - 4));
  }
  control.clearFaults();
  control.release(match);
  for (const id of ids) expect(await worker.ended(id)).toMatchObject({ status: 'completed' });
});

test('a job that waits for a person holds no place', async () => {
  const tenant = 'person';
  await limit(tenant, { tenant: 1 });
  const blocked = await worker.post({ prompt: 'Needs an account.' }, { tenant });
  await worker.until(blocked, (job) => statusOf(job) === 'requires_action');
  const next = await worker.post({ prompt: 'Needs none.', connections: [] }, { tenant });
  expect(await worker.ended(next)).toMatchObject({ status: 'completed' });
});

test('a parked job is found by the sweeper where the wake of its place was lost, and can be cancelled', async () => {
  const tenant = 'lost';
  await limit(tenant, { user: 1 });
  const release = hold('Holds the place.');
  const releaseParked = hold('Was parked.');
  const holder = await worker.post({ prompt: 'Holds the place.', connections: [] }, { tenant });
  await expect.poll(() => asked('Holds the place.').length).toBe(1);
  const parked = await worker.post({ prompt: 'Was parked.', connections: [] }, { tenant });
  const cancelled = await worker.post({ prompt: 'Is cancelled.', connections: [] }, { tenant });
  await worker.until(parked, waitsForPlace);
  await worker.until(cancelled, waitsForPlace);
  expect(await cancelJob(engine, cancelled, 'api')).toBe(true);
  // As a process that dies between its commit and its look for parked jobs.
  const dying = { ...engine, store: { ...store, parkedJobs: async () => [] } };
  expect(await cancelJob(dying, holder, 'api')).toBe(true);
  release();
  await expect.poll(() => asked('Was parked.').length, { timeout: 60_000 }).toBe(1);
  // The look is the task of the claim as well: were it over with that, this sweep would have another slot claim it anew.
  const claimed = await store.readJob(parked);
  await worker.sweepLater(60_000);
  const [neighbour] = usersBeside({ tenant, user: 'user_123' });
  const behind = { prompt: 'Comes behind it.', user: neighbour ?? '', connections: [] };
  await worker.ended(await worker.post(behind, { tenant }));
  expect(await store.readJob(parked)).toEqual(claimed);
  releaseParked();
  expect(await worker.ended(parked)).toMatchObject({ status: 'completed' });
  expect(asked('Was parked.')).toHaveLength(1);
  expect(asked('Is cancelled.')).toEqual([]);
});
