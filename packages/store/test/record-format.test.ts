import { Limits, newId, WebhookDelivery } from '@pawl/contracts';
import { NewerRecordError, StoredDataError } from '@pawl/engine';
import { testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { recordFormat, RecordFormatError } from '../src/index.ts';
import { parseStored } from '../src/record-format.ts';
import { admission, conversationOf, newJob, startStore, step } from './harness.ts';

const redis = testRedis();
const { store, keys } = await startStore(redis);

async function admitted() {
  const job = newJob();
  await store.commit({
    jobs: [admission(job)],
    conversation: { before: null, after: conversationOf(job, 1) },
    at: 1_000,
  });
  return job;
}

async function storedState(id: string): Promise<Record<string, unknown>> {
  return JSON.parse((await redis.redis.hget(keys.job(id), 'state')) ?? '{}') as Record<
    string,
    unknown
  >;
}

async function overwrite(id: string, parts: Record<string, unknown>): Promise<void> {
  const state = JSON.stringify({ ...(await storedState(id)), ...parts });
  await redis.redis.hset(keys.job(id), 'state', state);
}

test('a record carries the version of its format, which nobody sees', async () => {
  const job = await admitted();
  expect(await storedState(job.id)).toMatchObject({ format: recordFormat });
  expect(await store.readJob(job.id)).toEqual(job);
});

test('what a newer version has added is kept by a commit, wherever it stands', async () => {
  const job = await admitted();
  await overwrite(job.id, {
    format: recordFormat + 1,
    region: 'eu',
    limits: { ...job.limits, files: 3 },
    usage: { ...job.usage, cachedTokens: 7 },
  });
  const before = await store.readJob(job.id);
  if (before === undefined) throw new Error('the job must be there');
  expect(await store.commit({ jobs: [step(before, { turn: 1 })], at: 2_000 })).toEqual({
    kind: 'written',
  });
  expect(await storedState(job.id)).toMatchObject({
    format: recordFormat,
    turn: 1,
    region: 'eu',
    limits: { turns: 8, files: 3 },
    usage: { cachedTokens: 7 },
  });
});

test('a value that only a newer version knows is told apart from damage', async () => {
  const job = await admitted();
  const phase = { name: 'dreaming', since: 3 };
  await overwrite(job.id, { format: recordFormat + 1, phase });
  await expect(store.readJob(job.id)).rejects.toThrow(NewerRecordError);
  await expect(store.readJob(job.id)).rejects.toThrow(`record format ${recordFormat + 1}`);
  await overwrite(job.id, { format: recordFormat, phase });
  const damaged = await store.readJob(job.id).catch((error: unknown) => error);
  expect(damaged).toBeInstanceOf(StoredDataError);
  expect(damaged).not.toBeInstanceOf(NewerRecordError);
});

test('a step of a kind that only a newer version knows is left where it is, and passed over', async () => {
  const job = await admitted();
  const note = JSON.stringify({ format: recordFormat + 1, kind: 'note', turn: 0, text: 'hello' });
  await redis.redis.hset(keys.steps(job.id), 'note:0', note);
  expect(await store.readSteps(job.id)).toEqual([]);
  expect(await redis.redis.hget(keys.steps(job.id), 'note:0')).toBe(note);
});

test('a limit that only a newer version knows does not keep a job from being read', () => {
  const text = JSON.stringify({ turns: 1, tool_calls: 1, deadline_seconds: 9, files: 3 });
  expect(parseStored(Limits, text, 'limits')).toEqual(JSON.parse(text));
});

test('a delivery that version 1 has parked at its endpoint is due', () => {
  const delivery: WebhookDelivery = {
    id: newId('delivery', 0),
    tenant: 'default',
    event: 'evt_a',
    type: 'job.completed',
    url: 'https://receiver.example/hooks',
    endpoint: 'receiver',
    sequence: 2,
    createdAt: 1_000,
    tries: 0,
    attempts: 0,
    log: [],
    phase: { status: 'ready', since: 2, notBefore: 5_000 },
  };
  const phase = { status: 'parked', since: 2, parkedAt: 5_000 };
  const text = JSON.stringify({ ...delivery, phase });
  expect(parseStored(WebhookDelivery, text, 'a delivery')).toEqual(delivery);
});

test('a Redis that needs a newer version refuses this one at its start, and says which', async () => {
  await store.checkCompatibility();
  await redis.redis.zadd(keys.recordFormat(), recordFormat, 'needed');
  await store.checkCompatibility();
  await redis.redis.zadd(keys.recordFormat(), recordFormat + 1, 'needed');
  const refused = store.checkCompatibility();
  await expect(refused).rejects.toThrow(RecordFormatError);
  await expect(refused).rejects.toThrow(`reads record format ${recordFormat + 1} or later`);
  // Another start of this version does not lower what is needed.
  await expect(store.checkCompatibility()).rejects.toThrow(RecordFormatError);
});
