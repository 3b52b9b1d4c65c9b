import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JobState } from '@pawl/contracts';
import { requiredActionOf } from '@pawl/engine';
import { waitFor } from '@pawl/testing';
import { expect, test } from 'vitest';
import type { HarnessProcess } from '../src/testbed/harness-process.ts';
import { endingOf, hasEnded, type Namespace, rests } from '../src/testbed/namespace.ts';
import { callOf } from '../src/testbed/prompts.ts';
import {
  type Experiment,
  experiments,
  heldModelCalls,
  holdModelCall,
  holdToolCalls,
} from './experiment.ts';

// Invariants 2, 5 and 7: a worker that lost its task loses every race, but what it learnt is not lost.
const experiment = experiments();

test.concurrent('a worker that is paused in a write settles what was declared unknown meanwhile', async (context) => {
  const it = experiment(context);
  const { testbed, namespace } = it;
  const hold = holdToolCalls(it, 'after-effect');
  const paused = await testbed.startWorker(namespace);
  const { id } = await it.post([[callOf('writes', 'only')]]);
  await hold.arrived();
  await pause(it, paused);
  await testbed.startWorker(namespace);
  await isAsked(namespace, id);
  paused.kill('SIGCONT');
  hold.release();
  const job = await namespace.when(id, hasEnded);
  expect(endingOf(job)).toEqual({ status: 'completed' });
  expect(it.performed()).toBe(1);
  expect(await outcomesOf(namespace, id)).toEqual([
    expect.objectContaining({ kind: 'outcome', answer: { output: expect.anything() } }),
  ]);
});

test.concurrent('once a person has decided, the real outcome is kept aside and changes nothing', async (context) => {
  const it = experiment(context);
  const { testbed, namespace } = it;
  const hold = holdToolCalls(it, 'after-effect');
  const paused = await testbed.startWorker(namespace);
  const { id } = await it.post([[callOf('writes', 'only')]]);
  await hold.arrived();
  await pause(it, paused);
  await testbed.startWorker(namespace);
  const asking = await isAsked(namespace, id);
  await namespace.decide(asking, { decision: 'reject', message: 'it did not arrive' });
  const ended = await namespace.when(id, hasEnded);
  paused.kill('SIGCONT');
  hold.release();
  const late = await waitFor(async () =>
    (await outcomesOf(namespace, id)).find(({ kind }) => kind === 'late_outcome'),
  );
  expect(late).toMatchObject({ answer: { output: { labelIds: ['SENT'] } } });
  expect(await outcomesOf(namespace, id)).toContainEqual(
    expect.objectContaining({ kind: 'outcome', answer: { failure: expect.anything() } }),
  );
  expect(await namespace.store.readJob(id)).toEqual(ended);
});

test.concurrent('a worker that is paused in a model call finds its call aborted and its commit refused', async (context) => {
  const it = experiment(context);
  const { testbed, namespace } = it;
  const hold = holdModelCall(it);
  const paused = await testbed.startWorker(namespace);
  const { id } = await it.post([[callOf('reads', 'only')]]);
  await hold.arrived();
  await pause(it, paused);
  await testbed.startWorker(namespace);
  const ended = await namespace.when(id, hasEnded);
  expect(heldModelCalls(it)).toBe(1);
  paused.kill('SIGCONT');
  // Nothing else ends a held call: it is the paused worker that hangs up.
  await waitFor(() => heldModelCalls(it) === 0);
  expect(endingOf(ended)).toEqual({ status: 'completed' });
  expect(await namespace.store.readJob(id)).toEqual(ended);
  expect(ended.usage.modelCalls).toBe(2);
});

test.concurrent('a worker whose lock is gone hangs up on the model, and the turn is taken again', async (context) => {
  const it = experiment(context);
  const { testbed, namespace } = it;
  const hold = holdModelCall(it);
  // Nobody looks for lost locks: only that its own cannot be renewed can tell the worker.
  const timings = { lockDuration: 10_000, stalledInterval: 3_600_000 };
  await testbed.startWorker(namespace, { timings });
  const { id } = await it.post([[callOf('reads', 'only')]]);
  await hold.arrived();
  expect(await namespace.loseLocks()).toBe(1);
  const ended = await namespace.when(id, hasEnded);
  expect(endingOf(ended)).toEqual({ status: 'completed' });
  expect(heldModelCalls(it)).toBe(0);
});

test.concurrent('a worker whose event loop was blocked after a write settles it as well', async (context) => {
  const it = experiment(context);
  const { testbed, namespace } = it;
  const folder = await mkdtemp(join(tmpdir(), 'pawl-blocked-'));
  context.onTestFinished(() => rm(folder, { recursive: true }));
  const until = join(folder, 'go-on');
  const id = (await it.post([[callOf('writes', 'only')]])).id;
  const failpoint = { point: 'after_tool_call', job: id, occurrence: 1 } as const;
  await testbed.startWorker(namespace, {
    failpoints: [{ ...failpoint, action: { kind: 'block', until } }],
    // The lock runs out by itself: a blocked worker renews none.
    timings: { lockDuration: 2_000 },
  });
  await waitFor(() => it.performed() === 1);
  await testbed.startWorker(namespace);
  await isAsked(namespace, id);
  await writeFile(until, '');
  const job = await namespace.when(id, hasEnded);
  expect(endingOf(job)).toEqual({ status: 'completed' });
  expect(it.performed()).toBe(1);
  expect(await outcomesOf(namespace, id)).toEqual([
    expect.objectContaining({ kind: 'outcome', answer: { output: expect.anything() } }),
  ]);
});

/** The worker stands still, and the time of its locks runs out. */
async function pause({ namespace }: Experiment, worker: HarnessProcess): Promise<void> {
  worker.kill('SIGSTOP');
  expect(await namespace.loseLocks()).toBeGreaterThan(0);
}

/** The job as it asks a person about the call whose outcome was declared unknown. */
async function isAsked(namespace: Namespace, id: string): Promise<JobState> {
  const asking = await namespace.when(id, rests);
  expect(requiredActionOf(asking)).toMatchObject({ type: 'resolve_tool_outcome' });
  return asking;
}

async function outcomesOf({ store }: Namespace, job: string) {
  const steps = await store.readSteps(job);
  return steps.filter(({ kind }) => kind === 'outcome' || kind === 'late_outcome');
}
