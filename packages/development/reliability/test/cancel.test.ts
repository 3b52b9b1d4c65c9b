import { isDeepStrictEqual } from 'node:util';
import { type Ending, type JobState, randomToken } from '@pawl/contracts';
import { cancelJob, statusOf } from '@pawl/engine';
import { waitFor } from '@pawl/testing';
import { expect, test } from 'vitest';
import { endingOf, hasEnded, rests } from '../src/testbed/namespace.ts';
import { callOf, promptOf } from '../src/testbed/prompts.ts';
import { tasksLeft } from '../src/matrix/run-repetition.ts';
import {
  type Experiment,
  experiments,
  heldModelCalls,
  holdModelCall,
  holdToolCalls,
  lastRequest,
} from './experiment.ts';

// Invariants 6 and 7: a cancel sticks at every phase, and reaches a worker in another process.
const experiment = experiments();

test.concurrent('in a model call: the worker hangs up at once', async (context) => {
  const it = experiment(context);
  const hold = holdModelCall(it);
  await it.testbed.startWorker(it.namespace);
  const job = await it.post([]);
  await hold.arrived();
  await cancel(it, job);
  // Nobody releases the call, and its own time limit is minutes away: only the cancel can end it.
  await waitFor(() => heldModelCalls(it) === 0);
  expect(await sticks(it, job)).toBe(true);
  expect(it.modelCalls()).toBe(0);
});

test.concurrent('in a write that has started: the model is told that its outcome is unknown, once it has returned', async (context) => {
  const it = experiment(context);
  const hold = holdToolCalls(it, 'after-effect');
  await it.testbed.startWorker(it.namespace);
  const job = await it.post([[callOf('writes', 'only')]]);
  await hold.arrived();
  await cancel(it, job);
  const next = await postNext(it, job);
  expect(next.job.phase.name).toBe('lined');
  hold.release();
  expect(await ending(it, next.job)).toEqual({ status: 'completed' });
  expect(JSON.stringify(lastRequest(it, next.reference))).toContain('outcome_unknown');
  expect(it.performed()).toBe(1);
  expect(await sticks(it, job)).toBe(true);
});

test.concurrent('before a call has started: it is never made, and answered so', async (context) => {
  const it = experiment(context);
  const hold = holdToolCalls(it, 'before-effect');
  await it.testbed.startWorker(it.namespace, { timings: { concurrency: 1 } });
  const job = await it.post([[callOf('reads', 'running'), callOf('writes', 'not started')]]);
  await hold.arrived();
  await cancel(it, job);
  const next = await postNext(it, job);
  hold.release();
  expect(await ending(it, next.job)).toEqual({ status: 'completed' });
  expect(JSON.stringify(lastRequest(it, next.reference))).toContain('The call was not made');
  expect(it.testbed.ledger.performed(it.user)).toEqual([
    expect.objectContaining({ tool: callOf('reads', '').tool }),
  ]);
  expect(await sticks(it, job)).toBe(true);
});

test.concurrent('while a person is asked about an outcome', async (context) => {
  const it = experiment(context);
  it.testbed.sandbox.control.addFault({
    match: { operation: 'ExecuteTool', identifier: it.user },
    when: 'after-effect',
    effect: { kind: 'grpc_status', code: 'Unavailable' },
  });
  await it.testbed.startWorker(it.namespace);
  const job = await it.post([[callOf('writes', 'only')]]);
  await it.namespace.when(job.id, rests);
  await cancel(it, job);
  expect(await sticks(it, job)).toBe(true);
});

test.concurrent('while it waits for an account', async (context) => {
  const it = experiment(context);
  const account = { identifier: it.user, connection: 'gmail' };
  it.testbed.sandbox.control.setAccountStatus(account, 'PENDING_AUTH');
  await it.testbed.startWorker(it.namespace);
  const job = await it.post([]);
  await it.namespace.when(job.id, rests);
  await cancel(it, job);
  it.testbed.sandbox.control.setAccountStatus(account, 'ACTIVE');
  expect(await sticks(it, job)).toBe(true);
  expect(it.modelCalls()).toBe(0);
});

test.concurrent('while it waits to try again: it is not tried again', async (context) => {
  const it = experiment(context);
  it.testbed.sandbox.control.addFault({
    match: { operation: 'model', promptIncludes: it.reference },
    times: 'always',
    effect: { kind: 'http_status', status: 503 },
  });
  await it.testbed.startWorker(it.namespace, { timings: { backOffBase: 60_000 } });
  const job = await it.post([]);
  await it.namespace.when(
    job.id,
    ({ phase }) => phase.name === 'turn' && 'attempts' in phase.step && phase.step.attempts === 1,
  );
  await cancel(it, job);
  expect(await sticks(it, job)).toBe(true);
  // The task of the next attempt comes when its time has come, and is dropped.
  await bringForward(it);
  expect(await tasksLeft(it.namespace, job.id)).toBe(0);
  const { items } = it.testbed.sandbox.control.modelRequests();
  expect(items.filter(({ prompt }) => prompt.includes(it.reference))).toHaveLength(1);
});

test.concurrent('in line, and before its start', async (context) => {
  const it = experiment(context);
  const hold = holdModelCall(it);
  await it.testbed.startWorker(it.namespace);
  const first = await it.post([]);
  const { job: lined } = await postNext(it, first);
  const { job: scheduled } = await postNext(it, first, { startAt: Date.now() + 3_600_000 });
  await hold.arrived();
  for (const job of [lined, scheduled]) await cancel(it, job);
  it.testbed.sandbox.control.release({ promptIncludes: it.reference });
  expect(await ending(it, first)).toEqual({ status: 'completed' });
  for (const job of [lined, scheduled]) expect(await sticks(it, job)).toBe(true);
});

/** BullMQ's delayed tasks come now. */
async function bringForward({ namespace: { redis, keys } }: Experiment): Promise<void> {
  for (const key of await keys()) {
    if (!key.endsWith(':delayed')) continue;
    for (const task of await redis.zrange(key, 0, '-1')) await redis.zadd(key, 'XX', 0, task);
    await redis.zadd(key.replace(/delayed$/, 'marker'), 0, '0');
  }
}

async function cancel({ namespace }: Experiment, { id }: JobState): Promise<void> {
  expect(await cancelJob(namespace.engine, id, 'api')).toBe(true);
}

async function postNext(
  it: Experiment,
  { conversation }: JobState,
  order: { startAt?: number } = {},
): Promise<{ job: JobState; reference: string }> {
  const reference = randomToken();
  const prompt = promptOf(reference, []);
  return {
    reference,
    job: await it.namespace.post({ user: it.user, conversation, prompt, ...order }),
  };
}

async function ending({ namespace }: Experiment, { id }: JobState): Promise<Ending> {
  return endingOf(await namespace.when(id, hasEnded));
}

/** True: the conversation has gone on with another job, and the cancelled one is as it was. */
async function sticks(it: Experiment, job: JobState): Promise<boolean> {
  const { store } = it.namespace;
  const cancelled = await store.readJob(job.id);
  const next = await ending(it, (await postNext(it, job)).job);
  return (
    cancelled !== undefined &&
    statusOf(cancelled) === 'cancelled' &&
    next.status === 'completed' &&
    isDeepStrictEqual(await store.readJob(job.id), cancelled)
  );
}
