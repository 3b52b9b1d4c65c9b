import type { JobState } from '@pawl/contracts';
import type { Conversation } from '@pawl/engine';
import { connectRedis } from '@pawl/runtime';
import { testRedis } from '@pawl/testing';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { commitBatch } from '../src/commit.ts';
import { loadScript, runScript } from '../src/script.ts';
import { admission, conversationOf, newJob, startStore, step } from './harness.ts';

const redis = testRedis();
const { store, keys } = await startStore(redis);

describe('a commit (invariant 2)', () => {
  test('is refused when somebody else was first, and then writes nothing at all', async () => {
    const job = newJob();
    await store.commit({ jobs: [admission(job)], at: 0 });
    const first = step(job, { startedAt: 5 });
    expect(await store.commit({ jobs: [first], at: 0 })).toEqual({ kind: 'written' });
    const events = await store.readJobEvents(job.id, 0);
    expect(await store.commit({ jobs: [step(job, { turn: 7 })], at: 0 })).toEqual({
      kind: 'refused',
    });
    expect(await store.readJob(job.id)).toEqual(first.after);
    expect(await store.readJobEvents(job.id, 0)).toEqual(events);
  });

  test('of several jobs is written as a whole or not at all', async () => {
    const [one, other] = [newJob(), newJob()];
    await store.commit({ jobs: [admission(one)], at: 0 });
    const jobs = [step(one, { turn: 1 }), step(other, { turn: 1 })];
    expect(await store.commit({ jobs, at: 0 })).toEqual({ kind: 'refused' });
    expect(await store.readJob(one.id)).toEqual(one);
    expect(await store.readJob(other.id)).toBeUndefined();
  });

  test('of an admission is refused when the job exists', async () => {
    const job = newJob();
    expect(await store.commit({ jobs: [admission(job)], at: 0 })).toEqual({ kind: 'written' });
    expect(await store.commit({ jobs: [admission(job)], at: 0 })).toEqual({ kind: 'refused' });
  });

  test('that is sent again after its answer was lost says that it was written', async () => {
    const connection = connectRedis(redis.url, 'worker');
    afterAll(() => connection.disconnect());
    const job = newJob();
    const batch = commitBatch(
      { jobs: [admission(job)], at: 0 },
      { keys, retention: { jobs: { age: 1_000 } } },
    ).build();
    const send = () => runScript(connection, loadScript('commit'), batch.keys, batch.values);
    expect(await send()).toBe(1);
    expect(await send()).toBe(1);
    expect((await store.readJobEvents(job.id, 0))?.last).toBe(1);
  });

  test('from a remembered state is refused where Redis has lost it, though it counts the same sequence', async () => {
    const { store: other } = await startStore(redis);
    const job = newJob();
    await store.commit({ jobs: [admission(job)], at: 0 });
    expect(store.recallJob(job.id)).toBe(job);
    const saved = await redis.redis.dumpBuffer(keys.job(job.id));
    const lost = step(job, { turn: 1 });
    expect(await store.commit({ jobs: [lost], at: 0 })).toEqual({ kind: 'written' });
    await redis.redis.restore(keys.job(job.id), 0, saved ?? '', 'REPLACE');
    const instead = step(job, { turn: 7 });
    expect(await other.commit({ jobs: [instead], at: 0 })).toEqual({ kind: 'written' });
    expect(instead.after.sequence).toBe(lost.after.sequence);

    expect(await store.commit({ jobs: [step(lost.after, { turn: 2 })], at: 0 })).toEqual({
      kind: 'refused',
    });
    expect(store.recallJob(job.id)).toBeUndefined();
    expect(await store.readJob(job.id)).toEqual(instead.after);
  });

  test('of fifty at once lets exactly one through', async () => {
    const job = newJob();
    await store.commit({ jobs: [admission(job)], at: 0 });
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, (_, turn) => store.commit({ jobs: [step(job, { turn })], at: 0 })),
    );
    expect(outcomes.filter(({ kind }) => kind === 'written')).toHaveLength(1);
  });

  test('numbers its events, behind those of the commits before', async () => {
    const job = newJob();
    await store.commit({ jobs: [admission(job)], at: 7 });
    await store.commit({ jobs: [step(job, { startedAt: 5 })], at: 8 });
    expect((await store.readJobEvents(job.id, 0))?.events).toEqual([
      { id: 1, event: { type: 'job.queued', at: 7 } },
      { id: 2, event: { type: 'job.started', at: 8 } },
    ]);
  });
});

test('a change wakes whoever waits for the job', async () => {
  const job = newJob();
  await store.commit({ jobs: [admission(job)], at: 0 });
  // Over a cluster, the message of the first commit may come after it was read.
  const seen = new Set<number>();
  const over = new AbortController();
  onTestFinished(() => over.abort());
  const waited = store.waitForChange(job.id, {
    until: ({ sequence }) => {
      seen.add(sequence);
      return sequence > 1;
    },
    // Longer than any test: only the change can end it.
    timeout: 86_400_000,
    signal: over.signal,
  });
  await expect.poll(() => [...seen]).toEqual([1]);
  await store.commit({ jobs: [step(job, { startedAt: 5 })], at: 0 });
  await expect.poll(() => [...seen]).toEqual([1, 2]);
  await waited;
});

test('a damaged state is named, not guessed at', async () => {
  const job = newJob();
  await store.commit({ jobs: [admission(job)], at: 0 });
  await redis.redis.hset(keys.job(job.id), 'state', '{"id":1}');
  await expect(store.readJob(job.id)).rejects.toThrow(`job ${job.id} in Redis cannot be read`);
});

test('an ended job is erased with everything that is known of it, and its conversation with its last job', async () => {
  const before = (await redis.keys()).length;
  const job = newJob();
  const conversation = { before: null, after: conversationOf(job, 1) };
  await store.commit({ jobs: [admission(job)], conversation, at: 0 });
  expect(await store.eraseJob(job.id)).toEqual({ kind: 'active' });
  const ended = step(job, {
    startedAt: 5,
    phase: { name: 'ended', at: 10, ending: { status: 'completed' }, from: { name: 'lined' } },
  });
  await store.commit({ jobs: [ended], at: 0 });
  expect(await store.jobsToErase(0, 1_009, 10)).not.toContain(job.id);
  expect(await store.jobsToErase(0, 1_010, 10)).toContain(job.id);
  expect((await store.eraseJob(job.id)).kind).toBe('erased');
  const left = await redis.keys();
  expect(left.filter((key) => key.includes(job.id) || key.includes(job.conversation))).toEqual([]);
  expect(left.length).toBe(before);
});

const jobsOfOneConversation = async (count: number) => {
  const jobs: JobState[] = [];
  let before: Conversation | null = null;
  for (let made = 0; made < count; made += 1) {
    const job: JobState = newJob(before === null ? {} : { conversation: before.id });
    const after: Conversation = conversationOf(job, made + 1);
    await store.commit({ jobs: [admission(job)], conversation: { before, after }, at: 0 });
    const phase = { name: 'ended', at: 10, ending: { status: 'completed' } } as const;
    const ended = step(job, { startedAt: 5, phase: { ...phase, from: { name: 'lined' } } });
    await store.commit({ jobs: [ended], at: 0 });
    jobs.push(ended.after);
    before = after;
  }
  return jobs;
};

test('a conversation goes with its last job, in whatever order and however many at a time they are erased', async () => {
  const jobs = await jobsOfOneConversation(8);
  const conversation = jobs[0]?.conversation ?? '';
  const [kept, ...others] = jobs.map(({ id }) => id);
  expect(await Promise.all(others.map((id) => store.eraseJob(id)))).toEqual(
    others.map(() => ({ kind: 'erased' })),
  );
  expect((await store.readConversation(conversation))?.id).toBe(conversation);
  expect(
    await store.startedJobs(conversation, { where: 'from', job: undefined, limit: 10 }),
  ).toEqual([kept]);
  expect((await store.eraseJob(kept ?? '')).kind).toBe('erased');

  const together = await jobsOfOneConversation(8);
  expect(await Promise.all(together.map(({ id }) => store.eraseJob(id)))).toEqual(
    together.map(() => ({ kind: 'erased' })),
  );
  const names = [conversation, together[0]?.conversation ?? ''];
  const left = (await redis.keys()).filter((key) => names.some((name) => key.includes(name)));
  expect(left).toEqual([]);
});

const record = (index: number) =>
  ({
    kind: 'call',
    turn: 0,
    index,
    callId: `call_${index}`,
    name: 'tool',
    tool: 'tool',
    connection: 'gmail',
    rawArguments: '{}',
  }) as const;

test('a commit of thousands of records is written whole, and what could not be read again is refused', async () => {
  const job = newJob();
  const steps = Array.from({ length: 5_000 }, (_, index) => record(index));
  await store.commit({ jobs: [{ ...admission(job), steps }], at: 0 });
  expect(await store.readSteps(job.id)).toHaveLength(5_000);
  const broken = step(job, { expiresAt: Number.NaN });
  await expect(store.commit({ jobs: [broken], at: 0 })).rejects.toThrow('could not be read again');
  expect(await store.readJob(job.id)).toEqual(job);
});

test('what a call of an erased job learns too late is not kept', async () => {
  const job = newJob();
  const outcome = {
    kind: 'late_outcome',
    turn: 0,
    index: 0,
    epoch: 1,
    finishedAt: 1,
    executed: true,
    answer: { output: 'secret' },
  } as const;
  expect(await store.commit({ jobs: [], late: { job, outcome }, at: 0 })).toEqual({
    kind: 'refused',
  });
  expect((await redis.keys()).filter((key) => key.includes(job.id))).toEqual([]);
});
