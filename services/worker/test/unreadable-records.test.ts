import { randomToken, shardOfId } from '@pawl/contracts';
import { createKeys, recordFormat } from '@pawl/store';
import { createGate, testRedis, waitFor } from '@pawl/testing';
import { expect, test } from 'vitest';
import { scripted, startTestWorker } from './harness/start-test-worker.ts';

const redis = testRedis();
// So that what was in flight of a job that cannot be read has timed out soon.
const worker = await startTestWorker(redis, { rules: { toolTimeout: 200 } });
const keys = createKeys(redis.namespace);
const hour = 3_600_000;

/** A job whose model call is held, and two that wait behind it in its conversation. */
async function threeInLine(word: string) {
  const [arrival, release] = [createGate(), createGate()];
  worker.control.on('model.before_answer', async ({ prompt }) => {
    if (!prompt.includes(`${word} first`)) return;
    arrival.open();
    await release.opened;
  });
  const post = (text: string, conversation?: string) =>
    worker.post({ prompt: scripted([{ text: `${word} ${text}` }]), conversation, connections: [] });
  const first = await post('first');
  await arrival.opened;
  const conversation = (await worker.store.readJob(first))?.conversation;
  const second = await post('second', conversation);
  const third = await post('third', conversation);
  return { first, second, third, release: release.open };
}

async function stateOf(job: string): Promise<string> {
  return (await redis.redis.hget(keys.job(job), 'state')) ?? '';
}

/** As somebody else's commit would: this process no longer goes by what it remembers of the job. */
async function write(job: string, state: string): Promise<void> {
  await redis.redis.hset(keys.job(job), 'state', state, 'commits', randomToken().slice(0, 12));
}

/** A state with a phase that nobody knows. */
async function damage(job: string, parts: object = {}): Promise<string> {
  const state = await stateOf(job);
  await write(job, JSON.stringify({ ...JSON.parse(state), phase: { name: 'dreaming' }, ...parts }));
  return state;
}

/** What was logged about it as an error. */
function complaints(job: string): string[] {
  return worker.lines.filter((line) => line.includes(job) && line.includes('"level":"error"'));
}

async function isQuarantined(job: string): Promise<boolean> {
  return (await redis.redis.zscore(keys.quarantine(shardOfId(job)), job)) !== null;
}

test('a job that cannot be read any more is quarantined, and those behind it go on', async () => {
  const { first, second, third, release } = await threeInLine('running');
  await damage(first);
  release();
  expect(await worker.ended(second)).toMatchObject({ status: 'completed' });
  expect(await worker.ended(third)).toMatchObject({ status: 'completed' });
  await waitFor(() => isQuarantined(first));
  for (const later of [1, 2, 3]) await worker.sweepLater(later * 50 * hour);
  expect(complaints(first)).toHaveLength(1);
});

test('a waiting job that cannot be read is passed over, and quarantined when its time has come', async () => {
  const { first, second, third, release } = await threeInLine('waiting');
  await damage(second);
  release();
  expect(await worker.ended(first)).toMatchObject({ status: 'completed' });
  expect(await worker.ended(third)).toMatchObject({ status: 'completed' });
  const { jobs } = await worker.store.listJobs({ tenant: 'default', limit: 100 });
  expect(jobs.map(({ job }) => job.id)).toEqual(expect.arrayContaining([first, third]));
  expect(jobs.map(({ job }) => job.id)).not.toContain(second);
  for (const later of [1, 2, 3]) await worker.sweepLater(later * 50 * hour);
  expect(await isQuarantined(second)).toBe(true);
  expect(complaints(second)).toHaveLength(1);
  expect(await worker.store.countQuarantined()).toBeGreaterThan(0);
});

test('a job whose request cannot be read fails, and says why', async () => {
  const { first, second, third, release } = await threeInLine('request');
  await redis.redis.hset(keys.job(second), 'request', '{"prompt":');
  release();
  expect(await worker.ended(first)).toMatchObject({ status: 'completed' });
  // What waits for a job reads all that shows it, which its request is a part of.
  await waitFor(async () => (await worker.store.readJob(second))?.phase.name === 'ended');
  expect((await worker.store.readJob(second))?.phase).toMatchObject({
    ending: { status: 'failed', failure: { code: 'record_unreadable' } },
  });
  expect(await worker.ended(third)).toMatchObject({ status: 'completed' });
});

test('what only a newer version can read is left as it is, and goes on when it can be read', async () => {
  const { first, second, third, release } = await threeInLine('newer');
  const state = await damage(second, { format: recordFormat + 1 });
  const newer = await stateOf(second);
  release();
  expect(await worker.ended(first)).toMatchObject({ status: 'completed' });
  for (const later of [0, 1, 2]) await worker.sweepLater(later);
  expect(await stateOf(second)).toBe(newer);
  expect(await isQuarantined(second)).toBe(false);
  expect(complaints(second)).toEqual([]);
  // As the newer version's worker would.
  await write(second, state);
  expect(await worker.ended(second)).toMatchObject({ status: 'completed' });
  expect(await worker.ended(third)).toMatchObject({ status: 'completed' });
});

test.each([
  ['whd_0_damaged', 'delivery:whd_0_damaged', 'due-deliveries'],
  ['sch_0_damaged', 'schedule:sch_0_damaged', 'timed-schedules'],
  ['conv_0_damaged', 'conversation:conv_0_damaged', 'held'],
])('%s is quarantined, and not looked at again', async (id, key, index) => {
  const { prefix } = redis;
  await redis.redis.hset(`${prefix}:${key}`, 'sequence', 1, 'revision', 1, 'state', '{"id":');
  await redis.redis.zadd(`${prefix}:${index}`, 1, id);
  for (const later of [1, 2, 3]) await worker.sweepLater(later);
  await waitFor(() => isQuarantined(id));
  expect(await redis.redis.zscore(`${prefix}:${index}`, id)).toBeNull();
  expect(complaints(id)).toHaveLength(1);
});
