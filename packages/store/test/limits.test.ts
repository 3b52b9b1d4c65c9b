import type { JobState } from '@pawl/contracts';
import type { AdmissionBound, JobTransition } from '@pawl/engine';
import { testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { admission, newJob, startStore, step } from './harness.ts';

const redis = testRedis();
const { store, keys } = await startStore(redis, { shards: 4 });
const at = Date.UTC(2026, 10, 26, 12);
const month = { from: '2026-11-01', to: '2026-11-30', limit: 100 };

/** A job of a user, in the user's shard. */
function jobOf(tenant: string, user: string, parts: Partial<JobState> = {}): JobState {
  const shard = store.shardOf({ tenant, user });
  const { id, conversation } = newJob();
  const inShard = (name: string) => name.replace(/_0_/, `_${shard}_`);
  return newJob({ id: inShard(id), conversation: inShard(conversation), tenant, user, ...parts });
}

/** A commit of one job, as one that has paid for a model call. */
async function spend(
  before: JobState,
  { tokens, costUsd, model }: { tokens: number; costUsd: number; model: string },
  when = at,
): Promise<JobState> {
  const { usage } = before;
  const paid = {
    ...usage,
    modelCalls: usage.modelCalls + 1,
    inputTokens: usage.inputTokens + tokens,
    outputTokens: usage.outputTokens + 1,
    costUsd: usage.costUsd + costUsd,
  };
  const write: JobTransition = { ...step(before, { usage: paid }), model };
  expect(await store.commit({ jobs: [write], at: when })).toEqual({ kind: 'written' });
  return write.after;
}

async function admitted(job: JobState, bounds: readonly AdmissionBound[] = [], when = at) {
  const { tenant, user } = job;
  const limited = { owner: { tenant, user }, bounds };
  const answer = await store.commit({ jobs: [admission(job)], admission: limited, at: when });
  return answer.kind === 'written';
}

test('what is spent is counted by user, model and day, and in the sums of day and month', async () => {
  let job = jobOf('spender', 'ada');
  await admitted(job);
  job = await spend(job, { tokens: 10, costUsd: 0.1, model: 'openai/gpt-4o' });
  job = await spend(job, { tokens: 20, costUsd: 0.2, model: 'openai/gpt-4o' });
  job = await spend(job, { tokens: 5, costUsd: 0, model: 'other/model' }, at + 86_400_000);
  const other = jobOf('spender', 'bob');
  await admitted(other);
  await spend(other, { tokens: 100, costUsd: 1, model: 'openai/gpt-4o' });

  const spending = await store.readSpending({ tenant: 'spender', user: 'ada' }, at + 86_400_000);
  expect(spending.user).toEqual({
    tokensToday: 6,
    tokensThisMonth: 38,
    costUsdToday: 0,
    costUsdThisMonth: 0.3,
  });
  expect(spending.tenant).toMatchObject({ tokensThisMonth: 139, costUsdThisMonth: 1.3 });

  const { rows } = await store.listUsage({ tenant: 'spender', user: 'ada', ...month });
  expect(rows).toEqual([
    {
      day: '2026-11-26',
      user: 'ada',
      model: 'openai/gpt-4o',
      model_calls: 2,
      input_tokens: 30,
      output_tokens: 2,
      cost_usd: 0.3,
    },
    expect.objectContaining({ day: '2026-11-27', model: 'other/model', input_tokens: 5 }),
  ]);
});

test('a commit that is refused counts nothing', async () => {
  const job = jobOf('fenced', 'ada');
  await admitted(job);
  await spend(job, { tokens: 10, costUsd: 0.5, model: 'm' });
  const { usage } = job;
  const again = step(job, { usage: { ...usage, modelCalls: 1, inputTokens: 10 } });
  expect(await store.commit({ jobs: [again], at })).toEqual({ kind: 'refused' });
  const { user } = await store.readSpending({ tenant: 'fenced', user: 'ada' }, at);
  expect(user).toMatchObject({ tokensToday: 11, costUsdToday: 0.5 });
});

test('usage is paged without a row twice or none, by month, user, day and model', async () => {
  const users = Array.from({ length: 7 }, (_, index) => `user ${index}`);
  for (const user of users) {
    let job = jobOf('paged', user);
    await admitted(job);
    for (const model of ['a', 'b', 'c']) {
      job = await spend(job, { tokens: 1, costUsd: 0, model });
    }
  }
  const all: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.listUsage({ tenant: 'paged', ...month, limit: 4, cursor });
    expect(page.rows.length).toBeLessThanOrEqual(4);
    all.push(...page.rows.map(({ user, model }) => `${user} ${model}`));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  expect(all).toHaveLength(21);
  expect(new Set(all).size).toBe(21);
  const ofModel = await store.listUsage({ tenant: 'paged', ...month, model: 'b' });
  expect(ofModel.rows.map(({ user }) => user).toSorted()).toEqual(users);
  const before = await store.listUsage({
    tenant: 'paged',
    from: '2026-11-01',
    to: '2026-11-25',
    limit: 9,
  });
  expect(before.rows).toEqual([]);
});

test('model names are bounded in length, in what they hold and in their number', async () => {
  let job = jobOf('names', 'ada');
  await admitted(job);
  job = await spend(job, { tokens: 1, costUsd: 0, model: `a b\n${'x'.repeat(9_000)}` });
  const shard = store.shardOf({ tenant: 'names', user: 'ada' });
  const [who = ''] = await redis.redis.zrange(
    keys.usageUsers(shard, 'names', '2026-11'),
    '0',
    '-1',
  );
  const key = keys.usageOfUser(shard, 'names', '2026-11', who);
  await redis.redis.hset(key, 'rows', 1_000);
  job = await spend(job, { tokens: 1, costUsd: 0, model: 'one too many' });
  await spend(job, { tokens: 1, costUsd: 0, model: 'and another' });
  const { rows } = await store.listUsage({ tenant: 'names', ...month });
  expect(
    rows.map(({ model, model_calls: calls }) => [model.slice(0, 4), model.length, calls]),
  ).toEqual([
    ['a_b_', 200, 1],
    ['othe', 5, 2],
  ]);
});

test('counters expire', async () => {
  const job = jobOf('expiring', 'ada');
  await admitted(job, [{ scope: 'user', count: 'lastMinute', below: 5 }]);
  await spend(job, { tokens: 1, costUsd: 0, model: 'm' });
  const names = (await redis.keys()).filter((name) =>
    /:(usage|usage-users|accepted):.*expiring/.test(name),
  );
  expect(names).toHaveLength(4);
  for (const name of names) expect(await redis.redis.pttl(name)).toBeGreaterThan(0);
});

test('of commits at the same time no more pass than there are places left', async () => {
  const bounds: AdmissionBound[] = [{ scope: 'tenant', count: 'queued', below: 3 }];
  const jobs = Array.from({ length: 10 }, () => jobOf('crowded', 'ada'));
  const outcomes = await Promise.all(jobs.map((job) => admitted(job, bounds)));
  expect(outcomes.filter(Boolean)).toHaveLength(3);
  const owner = { tenant: 'crowded', user: 'ada' };
  const { tenant, user } = await store.readJobCounts(owner, at);
  expect([tenant.queued, user.queued]).toEqual([3, 3]);
});

test('jobs of a minute are counted by the minute that ends now', async () => {
  const bounds: AdmissionBound[] = [{ scope: 'user', count: 'lastMinute', below: 2 }];
  const admit = (when: number) => admitted(jobOf('quick', 'ada'), bounds, when);
  expect(await admit(at)).toBe(true);
  expect(await admit(at + 30_000)).toBe(true);
  expect(await admit(at + 59_000)).toBe(false);
  const { user } = await store.readJobCounts({ tenant: 'quick', user: 'ada' }, at + 59_000);
  expect(user).toMatchObject({ lastMinute: 2, firstOfMinute: at });
  expect(await admit(at + 60_001)).toBe(true);
  expect(await admit(at + 60_002)).toBe(false);
});

test('a tenant is counted over all shards, and told how much of it stands elsewhere', async () => {
  const users = Array.from({ length: 12 }, (_, index) => `user ${index}`);
  for (const user of users) await admitted(jobOf('spread', user));
  const [first = ''] = users;
  const { tenant, user, elsewhere } = await store.readJobCounts(
    { tenant: 'spread', user: first },
    at,
  );
  const here = store.shardOf({ tenant: 'spread', user: first });
  const others = users.filter((name) => store.shardOf({ tenant: 'spread', user: name }) !== here);
  expect([tenant.queued, user.queued, elsewhere.queued]).toEqual([12, 1, others.length]);
});

test('a job leaves the counts of its user when it starts, and when it ends', async () => {
  const job = jobOf('moving', 'ada');
  await admitted(job);
  const owner = { tenant: 'moving', user: 'ada' };
  const begun = step(job, { startedAt: 2_000 });
  await store.commit({ jobs: [begun], at });
  expect((await store.readJobCounts(owner, at)).user).toMatchObject({ queued: 0, inProgress: 1 });
  const from = begun.after.phase;
  if (from.name === 'ended') throw new Error('it has just begun');
  const ended = { name: 'ended', at, ending: { status: 'completed' }, from } as const;
  await store.commit({ jobs: [step(begun.after, { phase: ended })], at });
  expect((await store.readJobCounts(owner, at)).user).toMatchObject({ queued: 0, inProgress: 0 });
});

test('limits are stored in every shard', async () => {
  const own = { tenant: { jobs_queued: 5 }, user: {} };
  const operator = { tenant: {}, user: { jobs_per_minute: null } };
  await store.writeOwnLimits('stored', own);
  await store.writeOperatorLimits('stored', operator);
  for (const shard of [0, 1, 2, 3]) {
    expect(await store.readLimits(shard, 'stored')).toEqual({ own, operator });
  }
});
