import { newId, shardOfId } from '@pawl/contracts';
import { testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { InvalidCursorError } from '../src/index.ts';
import { admission, newJob, startStore } from './harness.ts';

const redis = testRedis();
const { store, keys } = await startStore(redis, { shards: 3 });

const jobsOf = async (tenant: string, users: readonly string[]): Promise<string[]> => {
  const ids = [];
  for (const [index, user] of users.entries()) {
    const shard = store.shardOf({ tenant, user });
    const id = newId('job', shard);
    const conversation = newId('conversation', shard);
    const job = newJob({
      id,
      conversation,
      tenant,
      user,
      createdAt: 1_000 + Math.floor(index / 4),
    });
    await store.commit({ jobs: [admission(job)], at: 0 });
    ids.push(id);
  }
  return ids;
};

async function everyPage(filter: { tenant: string; user?: string; limit: number }) {
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.listJobs({ ...filter, cursor });
    seen.push(...page.jobs.map(({ job }) => job.id));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return seen;
}

test('pages over all shards show every job once, also those of one millisecond', async () => {
  const users = Array.from({ length: 23 }, (_, index) => `user-${index % 7}`);
  const ids = await jobsOf('pages', users);
  const seen = await everyPage({ tenant: 'pages', limit: 3 });
  expect(seen.toSorted()).toEqual(ids.toSorted());
  expect(new Set(ids.map(shardOfId)).size).toBe(3);
});

test('a user’s jobs are listed, and nobody else’s', async () => {
  const ids = await jobsOf('filtered', ['a', 'b', 'a', 'b', 'a']);
  const seen = await everyPage({ tenant: 'filtered', user: 'a', limit: 2 });
  expect(seen.toSorted()).toEqual(ids.filter((_, index) => index % 2 === 0).toSorted());
  expect(await everyPage({ tenant: 'nobody', limit: 10 })).toEqual([]);
});

test('a cursor that is not ours is refused', async () => {
  const listed = store.listJobs({ tenant: 'pages', limit: 3, cursor: 'nonsense' });
  await expect(listed).rejects.toThrow(InvalidCursorError);
});

test('an idempotency key is reserved once, by whoever comes first', async () => {
  const request = { tenant: 'default', key: 'key', bodyHash: 'hash' };
  const outcomes = await Promise.all(
    ['job_0_a', 'job_0_b', 'job_0_c'].map((job) =>
      store.reserveIdempotencyKey({ ...request, job }),
    ),
  );
  const first = outcomes.find(({ kind }) => kind === 'reserved');
  expect(outcomes.filter(({ kind }) => kind === 'reserved')).toHaveLength(1);
  expect(outcomes.filter(({ kind }) => kind === 'same')).toHaveLength(2);
  expect(new Set(outcomes.map((outcome) => 'job' in outcome && outcome.job))).toEqual(
    new Set([first !== undefined && 'job' in first && first.job]),
  );
  expect(
    await store.reserveIdempotencyKey({ ...request, bodyHash: 'other', job: 'job_0_d' }),
  ).toEqual({ kind: 'mismatch' });
});

test('an API key is verified by its whole text, stored as a hash, and gone when it is revoked', async () => {
  const { id, key } = await store.createApiKey({ tenant: 'acme', name: 'test' });
  expect(await store.verifyApiKey(key)).toEqual({ id, tenant: 'acme' });
  expect(
    await store.verifyApiKey(`${key.slice(0, -1)}${key.endsWith('a') ? 'b' : 'a'}`),
  ).toBeUndefined();
  expect(await store.verifyApiKey('nonsense')).toBeUndefined();
  const stored = await redis.redis.hget(keys.apiKeys(), id);
  expect(stored).not.toContain(key.split('_').at(-1));
  expect(await store.revokeApiKey(id)).toBe(true);
  expect(await store.verifyApiKey(key)).toBeUndefined();
  expect(await store.revokeApiKey(id)).toBe(false);
});

test('an OAuth state is taken once, and only by the browser that it was made for', async () => {
  const record = {
    tenant: 'default',
    user: 'user',
    connection: 'gmail',
    cookieDigest: 'digest',
    expiresAt: Date.now() + 60_000,
  };
  await store.saveOAuthState('1_state', record);
  expect(await store.takeOAuthState('1_state', 'other')).toBeUndefined();
  expect(await store.takeOAuthState('1_state', 'digest')).toEqual(record);
  expect(await store.takeOAuthState('1_state', 'digest')).toBeUndefined();
});

test('the number of shards can’t change', async () => {
  await store.ensureShardCount();
  await store.ensureShardCount();
  await redis.redis.set(keys.shards(), 8);
  await expect(store.ensureShardCount()).rejects.toThrow('PAWL_SHARDS is 3');
  await redis.redis.set(keys.shards(), 3);
});

test('one sweeper at a time has the lease, and others are told for how long', async () => {
  expect(await store.takeSweepLease(0, 'one', 60_000)).toEqual({ kind: 'taken' });
  expect(await store.takeSweepLease(0, 'one', 60_000)).toEqual({ kind: 'taken' });
  const refused = await store.takeSweepLease(0, 'other', 1_000_000);
  if (refused.kind !== 'held') throw new Error('two sweepers have the lease');
  expect(refused.milliseconds).toBeGreaterThan(0);
  expect(refused.milliseconds).toBeLessThanOrEqual(60_000);
});
