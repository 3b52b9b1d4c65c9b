import { expect, test } from 'vitest';
import { endingOf, hasEnded } from '../src/testbed/namespace.ts';
import { callOf } from '../src/testbed/prompts.ts';
import { expectSetAside, experiments } from './experiment.ts';

// Invariants 2 and 7, for a process that computes without end: nothing but the watchdog's thread can end it.
const experiment = experiments();

test.concurrent('a step that blocks the event loop for ever has its process ended, is named, and is quarantined at last; others go on', async (context) => {
  const never = '/nowhere/at/all';
  const settings = {
    point: 'before_tool_call',
    action: { kind: 'block', until: never },
    timings: { blockedLimit: 3_000 },
  } as const;
  await expectSetAside(experiment(context), settings, (worker, job) => {
    const lastWords = worker.lines.find((line) => line.includes('the event loop stood still'));
    expect(JSON.parse(lastWords ?? '{}')).toMatchObject({
      level: 'fatal',
      running: expect.arrayContaining([
        expect.objectContaining({ kind: 'tool_call', job, turn: 0, index: 0 }),
      ]),
    });
  });
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
