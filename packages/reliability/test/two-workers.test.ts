import { waitFor } from '@pawl/testing';
import { expect, test } from 'vitest';
import { endingOf, hasEnded, rests, type Namespace } from '../src/lab/namespace.ts';
import { callOf } from '../src/lab/prompts.ts';
import { experiments, heldModelCalls, holdModelCall, holdToolCalls } from './experiment.ts';

// Invariants 2, 5 and 7: a worker that lost its task loses every race, but what it learnt is not lost.
const experiment = experiments();

test.concurrent('a worker that is paused in a write settles what was declared unknown meanwhile', async (context) => {
  const it = experiment(context);
  const { lab, namespace } = it;
  const hold = holdToolCalls(it, 'after-effect');
  const paused = await lab.startWorker(namespace);
  const { id } = await it.post([[callOf('writes', 'only')]]);
  await hold.arrived();
  paused.kill('SIGSTOP');
  await lab.startWorker(namespace);
  await namespace.when(id, rests);
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
  const { lab, namespace } = it;
  const hold = holdToolCalls(it, 'after-effect');
  const paused = await lab.startWorker(namespace);
  const { id } = await it.post([[callOf('writes', 'only')]]);
  await hold.arrived();
  paused.kill('SIGSTOP');
  await lab.startWorker(namespace);
  const asking = await namespace.when(id, rests);
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
  const { lab, namespace } = it;
  const hold = holdModelCall(it);
  const paused = await lab.startWorker(namespace);
  const { id } = await it.post([[callOf('reads', 'only')]]);
  await hold.arrived();
  paused.kill('SIGSTOP');
  await lab.startWorker(namespace);
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
  const { lab, namespace } = it;
  const hold = holdModelCall(it);
  await lab.startWorker(namespace);
  const { id } = await it.post([[callOf('reads', 'only')]]);
  await hold.arrived();
  const locks = (await namespace.keys()).filter((key) => key.endsWith(':lock'));
  expect(locks).toHaveLength(1);
  await namespace.redis.del(...locks);
  const ended = await namespace.when(id, hasEnded);
  expect(endingOf(ended)).toEqual({ status: 'completed' });
  expect(heldModelCalls(it)).toBe(0);
});

test.concurrent('a worker whose event loop was blocked after a write settles it as well', async (context) => {
  const it = experiment(context);
  const { lab, namespace } = it;
  const action = { kind: 'block', milliseconds: 6_000 } as const;
  const id = (await it.post([[callOf('writes', 'only')]])).id;
  await lab.startWorker(namespace, {
    traps: [{ point: 'after_tool_call', job: id, occurrence: 1, action }],
  });
  await waitFor(() => it.performed() === 1);
  await lab.startWorker(namespace);
  await namespace.when(id, rests);
  const job = await namespace.when(id, hasEnded);
  expect(endingOf(job)).toEqual({ status: 'completed' });
  expect(it.performed()).toBe(1);
});

async function outcomesOf({ store }: Namespace, job: string) {
  const steps = await store.readSteps(job);
  return steps.filter(({ kind }) => kind === 'outcome' || kind === 'late_outcome');
}
