import { newId } from '@pawl/contracts';
import { defaultRules, reopenJob } from '@pawl/engine';
import { expect, test } from 'vitest';
import { endingOf, hasEnded } from '../src/testbed/namespace.ts';
import { callOf, promptOf } from '../src/testbed/prompts.ts';
import { experiments } from './experiment.ts';

// Invariants 2 and 7, for a process that computes without end: nothing but the watchdog's thread can end it.
const experiment = experiments();

test.concurrent('a step that blocks the event loop for ever has its process ended, is named, and is set aside at last; others go on', async (context) => {
  const { testbed, namespace, user, reference } = experiment(context);
  const id = newId('job', 0);
  const never = '/nowhere/at/all';
  const failpoint = {
    point: 'before_tool_call',
    job: id,
    occurrence: 'every',
    action: { kind: 'block', until: never },
  } as const;
  const options = { failpoints: [failpoint], timings: { blockedLimit: 3_000 } };
  await namespace.post({ id, user, prompt: promptOf(reference, [[callOf('reads', 'only')]]) });
  const harmless = await namespace.post({ user: `${user}-other`, prompt: promptOf('other', []) });
  for (let delivery = 1; delivery <= defaultRules.crashLimit; delivery += 1) {
    const worker = await testbed.startWorker(namespace, options);
    expect(await worker.exited).toMatchObject({ signal: 'SIGKILL' });
    const lastWords = worker.lines.find((line) => line.includes('the event loop stood still'));
    expect(JSON.parse(lastWords ?? '{}')).toMatchObject({
      level: 'fatal',
      running: expect.arrayContaining([
        expect.objectContaining({ kind: 'tool_call', job: id, turn: 0, index: 0 }),
      ]),
    });
    await namespace.loseLocks();
  }
  const survivor = await testbed.startWorker(namespace, options);
  expect(endingOf(await namespace.when(id, hasEnded))).toMatchObject({
    status: 'failed',
    failure: { code: 'step_set_aside', retryable: true },
  });
  expect(endingOf(await namespace.when(harmless.id, hasEnded))).toEqual({ status: 'completed' });
  expect(survivor.hasExited()).toBe(false);
  survivor.kill('SIGTERM');
  await survivor.exited;

  expect(await reopenJob(namespace.engine, id, {})).toMatchObject({ kind: 'reopened' });
  await testbed.startWorker(namespace);
  expect(endingOf(await namespace.when(id, hasEnded))).toEqual({ status: 'completed' });
});

test.concurrent('a process that is stopped as a whole for longer than its limit is let live', async (context) => {
  const { testbed, namespace, post } = experiment(context);
  const limit = 3_000;
  const worker = await testbed.startWorker(namespace, { timings: { blockedLimit: limit } });
  worker.kill('SIGSTOP');
  await new Promise((resolve) => {
    setTimeout(resolve, 2 * limit);
  });
  worker.kill('SIGCONT');
  const { id } = await post([[callOf('reads', 'only')]]);
  expect(endingOf(await namespace.when(id, hasEnded))).toEqual({ status: 'completed' });
  expect(worker.hasExited()).toBe(false);
});
