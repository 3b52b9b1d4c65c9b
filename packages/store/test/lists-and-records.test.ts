import { allScopes, newId, shardOfId } from '@pawl/contracts';
import { testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { InvalidCursorError } from '../src/index.ts';
import { admission, newJob, request, startStore } from './harness.ts';

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

const byKey = { tenant: 'default', bodyHash: 'hash', replaces: null };

function admittedUnderKey(key: string, shard: number, replaces: string | null = null) {
  const job = newJob({ id: newId('job', shard), conversation: newId('conversation', shard) });
  const idempotency = { ...byKey, key, made: job.id, replaces };
  return { id: job.id, commit: { jobs: [admission(job)], idempotency, at: 1_000 } };
}

test('of several commits under one idempotency key one is written, with its key', async () => {
  const candidates = [1, 1, 1].map((shard) => admittedUnderKey('raced', shard));
  const written = await Promise.all(candidates.map(({ commit }) => store.commit(commit)));
  expect(written.filter(({ kind }) => kind === 'written')).toHaveLength(1);
  const made = candidates[written.findIndex(({ kind }) => kind === 'written')]?.id;
  expect(await store.readIdempotencyRecord('default', 'raced')).toEqual({
    bodyHash: 'hash',
    made,
    replaces: made,
  });
  const jobs = await Promise.all(candidates.map(({ id }) => store.readJob(id)));
  expect(jobs.filter((job) => job !== undefined).map(({ id }) => id)).toEqual([made]);
  expect(await redis.redis.ttl(keys.idempotency(1, 'default', 'raced'))).toBeGreaterThan(86_000);
});

test('an idempotency key is found in whatever shard it made something, and for its tenant alone', async () => {
  const { id, commit } = admittedUnderKey('elsewhere', 2);
  expect(await store.readIdempotencyRecord('default', 'elsewhere')).toBeUndefined();
  expect(await store.commit(commit)).toEqual({ kind: 'written' });
  expect(await store.readIdempotencyRecord('default', 'elsewhere')).toMatchObject({ made: id });
  expect(await store.readIdempotencyRecord('acme', 'elsewhere')).toBeUndefined();
});

test('what an idempotency key has made and is gone is replaced by whoever has seen it', async () => {
  const first = admittedUnderKey('replaced', 0);
  expect(await store.commit(first.commit)).toEqual({ kind: 'written' });
  expect(await store.commit(admittedUnderKey('replaced', 0).commit)).toEqual({ kind: 'refused' });
  const second = admittedUnderKey('replaced', 0, first.id);
  expect(await store.commit(second.commit)).toEqual({ kind: 'written' });
  expect(await store.readIdempotencyRecord('default', 'replaced')).toMatchObject({
    made: second.id,
  });
});

test('a key that was reserved before keys were written with what they make is remembered', async () => {
  const reservation = JSON.stringify({ bodyHash: 'hash', job: 'job_0_a' });
  await redis.redis.set(keys.idempotencyReservation('default', 'older'), reservation);
  expect(await store.readIdempotencyRecord('default', 'older')).toEqual({
    bodyHash: 'hash',
    made: 'job_0_a',
    replaces: null,
  });
});

test('an API key is verified by its whole text, stored as a hash, and gone when it is revoked', async () => {
  const { id, key } = await store.createApiKey({ tenant: 'acme', name: 'test' });
  expect(await store.verifyApiKey(key)).toMatchObject({ id, tenant: 'acme', scopes: allScopes });
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
  await store.checkCompatibility();
  await store.checkCompatibility();
  await redis.redis.set(keys.shards(), 8);
  await expect(store.checkCompatibility()).rejects.toThrow('PAWL_SHARDS is 3');
  await redis.redis.set(keys.shards(), 3);
});

test('one sweeper at a time has the lease, and others are told for how long', async () => {
  expect(await store.takeSweepLease(0, 'one', 3_600_000)).toEqual({ kind: 'taken' });
  expect(await store.takeSweepLease(0, 'one', 3_600_000)).toEqual({ kind: 'taken' });
  const refused = await store.takeSweepLease(0, 'other', 86_400_000);
  if (refused.kind !== 'held') throw new Error('two sweepers have the lease');
  // What is left of the hour that the holder has asked for.
  expect(refused.milliseconds).toBeGreaterThan(1_800_000);
  expect(refused.milliseconds).toBeLessThanOrEqual(3_600_000);
  expect(await store.takeSweepLease(1, 'other', 3_600_000)).toEqual({ kind: 'taken' });
});

test('filters that name no shard are applied in each of them, and a list of them is paged', async () => {
  const made: string[] = [];
  for (const [index, user] of ['ann', 'ben', 'cleo', 'dan', 'eve', 'fay'].entries()) {
    const tenant = 'found';
    const id = newId('job', store.shardOf({ tenant, user }));
    const conversation = newId('conversation', shardOfId(id));
    const job = newJob({ id, conversation, tenant, user, createdAt: 1_000 + index });
    const metadata: Record<string, string> = index % 2 === 0 ? { team: 'sales' } : {};
    const admitted = { ...admission(job), request: { ...request, metadata } };
    await store.commit({ jobs: [admitted], at: 0 });
    if (index % 2 === 0) made.unshift(job.id);
  }
  expect(new Set(made.map(shardOfId)).size).toBeGreaterThan(1);
  const filter = { tenant: 'found', status: 'queued', metadata: { team: 'sales' } } as const;
  const found: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.listJobs({ ...filter, limit: 1, cursor });
    found.push(...page.jobs.map(({ job }) => job.id));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  expect(found).toEqual(made);
  const within = await store.listJobs({
    ...filter,
    limit: 9,
    createdFrom: 1_001,
    createdTo: 1_004,
  });
  expect(within.jobs.map(({ job }) => job.createdAt)).toEqual([1_002]);
});
