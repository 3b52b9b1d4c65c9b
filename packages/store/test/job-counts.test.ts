import { testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { admission, newJob, startStore, step } from './harness.ts';

const redis = testRedis();
const { store, keys } = await startStore(redis);

const ready = { status: 'ready', since: 1, epoch: 0, attempts: 0, crashes: 0 } as const;
const blocked = {
  ...ready,
  status: 'blocked',
  connection: 'gmail',
  link: 'a',
  blockedAt: 0,
  checkAt: 0,
} as const;

test('jobs are counted by status and by what they wait for, and no longer once they are erased', async () => {
  const lined = newJob({ phase: { name: 'lined' } });
  const scheduled = newJob({ phase: { name: 'scheduled', startAt: 5_000, since: 1 } });
  const working = newJob();
  for (const job of [lined, scheduled, working])
    await store.commit({ jobs: [admission(job)], at: 0 });
  expect(await store.countJobs()).toEqual({
    byStatus: { queued: 3 },
    byCause: { start: 1, conversation: 1, place: 0, account: 0, approval: 0 },
  });
  const waiting = step(working, { startedAt: 5, phase: { name: 'turn', step: blocked } });
  await store.commit({ jobs: [waiting], at: 0 });
  expect(await store.countJobs()).toMatchObject({
    byStatus: { queued: 2, requires_action: 1 },
    byCause: { account: 1 },
  });
  const ended = step(waiting.after, {
    phase: {
      name: 'ended',
      at: 9,
      ending: { status: 'completed' },
      from: { name: 'turn', step: blocked },
    },
  });
  await store.commit({ jobs: [ended], at: 0 });
  expect((await store.countJobs()).byStatus).toEqual({ queued: 2, completed: 1 });
  await store.eraseJob(working.id);
  expect((await store.countJobs()).byStatus).toEqual({ queued: 2 });
});

test('a commit that is refused counts nothing, and one that is sent twice counts once', async () => {
  const before = await store.countJobs();
  const job = newJob();
  await Promise.all([1, 2, 3].map(() => store.commit({ jobs: [admission(job)], at: 0 })));
  const { queued = 0 } = (await store.countJobs()).byStatus;
  expect(queued).toBe((before.byStatus['queued'] ?? 0) + 1);
});

test('a job that a version without counts has moved on is counted right again with its next commit', async () => {
  const job = newJob();
  await store.commit({ jobs: [admission(job)], at: 0 });
  const before = await store.countJobs();
  // As that version leaves it: another state, and the same field.
  const moved = step(job, { startedAt: 5 });
  await redis.redis.hset(keys.job(job.id), 'sequence', 2, 'state', JSON.stringify(moved.after));
  const ended = step(moved.after, {
    phase: {
      name: 'ended',
      at: 9,
      ending: { status: 'expired' },
      from: { name: 'turn', step: { ...ready, notBefore: 0 } },
    },
  });
  await store.commit({ jobs: [ended], at: 0 });
  const after = await store.countJobs();
  expect(after.byStatus['queued']).toBe((before.byStatus['queued'] ?? 0) - 1);
  expect(after.byStatus['in_progress']).toBeUndefined();
  expect(after.byStatus['expired']).toBe(1);
});

test('what has been due for longest is known of each kind', async () => {
  const { jobs, deadlines, retention, webhooks } = await store.oldestDue();
  expect(jobs).toBeGreaterThan(0);
  expect(deadlines).toBe(90_000);
  expect(retention).toBeGreaterThan(0);
  expect(webhooks).toBeUndefined();
});
