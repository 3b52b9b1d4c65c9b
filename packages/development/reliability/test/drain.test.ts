import { type JobState, randomToken } from '@pawl/contracts';
import { requiredActionOf, statusOf } from '@pawl/engine';
import { expect, test } from 'vitest';
import { endingOf, hasEnded, type Namespace, rests } from '../src/testbed/namespace.ts';
import { callOf, promptOf } from '../src/testbed/prompts.ts';
import { experiments, holdModelCall, holdToolCalls } from './experiment.ts';

// Invariants 2 and 5 under SIGTERM: no new tasks, a grace for those in flight, then they go back with no attempt lost.
const experiment = experiments();
const clean = { code: 0, signal: null };

test.concurrent('a worker that is stopped finishes what it does, and takes nothing new', async (context) => {
  const it = experiment(context);
  const { testbed, namespace } = it;
  const hold = holdModelCall(it);
  const stopped = await testbed.startWorker(namespace);
  const first = await it.post([[callOf('reads', 'only')]]);
  await hold.arrived();
  stopped.kill('SIGTERM');
  await stopped.stopping;
  const second = await namespace.post({ user: it.user, prompt: promptOf(randomToken(), []) });
  testbed.sandbox.control.release({ promptIncludes: it.reference });
  expect(await stopped.exited).toEqual(clean);
  const [one, other] = await Promise.all([first, second].map(({ id }) => read(namespace, id)));
  expect(one?.phase.name).toBe('calls');
  expect(other && statusOf(other)).toBe('queued');
  await testbed.startWorker(namespace);
  for (const { id } of [first, second]) {
    expect(endingOf(await namespace.when(id, hasEnded))).toEqual({ status: 'completed' });
  }
  expect(await attemptsOf(namespace, first.id)).toEqual([1, 1, 1]);
});

test.concurrent('a turn that outlasts the grace goes back with no attempt lost', async (context) => {
  const it = experiment(context);
  const { testbed, namespace } = it;
  const hold = holdModelCall(it);
  const stopped = await testbed.startWorker(namespace, { timings: { grace: 100 } });
  const { id } = await it.post([]);
  await hold.arrived();
  stopped.kill('SIGTERM');
  expect(await stopped.exited).toEqual(clean);
  await testbed.startWorker(namespace);
  expect(endingOf(await namespace.when(id, hasEnded))).toEqual({ status: 'completed' });
  expect(await attemptsOf(namespace, id)).toEqual([1]);
});

test.concurrent('a read that outlasts the grace goes back with no attempt lost', async (context) => {
  const it = experiment(context);
  const { testbed, namespace } = it;
  const hold = holdToolCalls(it, 'before-effect');
  const stopped = await testbed.startWorker(namespace, { timings: { grace: 100 } });
  const { id } = await it.post([[callOf('reads', 'only')]]);
  await hold.arrived();
  stopped.kill('SIGTERM');
  expect(await stopped.exited).toEqual(clean);
  hold.release();
  await testbed.startWorker(namespace);
  expect(endingOf(await namespace.when(id, rests))).toEqual({ status: 'completed' });
  expect(await attemptsOf(namespace, id)).toEqual([1, 1, 1]);
});

test.concurrent('a write that outlasts the grace is asked about instead', async (context) => {
  const it = experiment(context);
  const { testbed, namespace } = it;
  const hold = holdToolCalls(it, 'after-effect');
  const stopped = await testbed.startWorker(namespace, { timings: { grace: 100 } });
  const { id } = await it.post([[callOf('writes', 'only')]]);
  await hold.arrived();
  stopped.kill('SIGTERM');
  expect(await stopped.exited).toEqual(clean);
  const job = await namespace.when(id, rests);
  expect(requiredActionOf(job)).toMatchObject({ type: 'resolve_tool_outcome' });
  expect(it.performed()).toBe(1);
});

test('a rolling restart of all workers under load loses nothing and repeats nothing', async (context) => {
  const { testbed, namespace, user } = experiment(context);
  const workers = await Promise.all([1, 2, 3].map(() => testbed.startWorker(namespace)));
  const references = Array.from({ length: 30 }, () => randomToken());
  const turns = [
    [callOf('writes', 'first'), callOf('reads', 'first')],
    [callOf('reads', 'second')],
  ];
  const jobs: JobState[] = [];
  const posting = (async () => {
    for (const reference of references) {
      const order = { user: `${user}-${reference}`, prompt: promptOf(reference, turns) };
      jobs.push(await namespace.post(order));
    }
  })();
  for (const worker of workers) {
    worker.kill('SIGTERM');
    expect(await worker.exited).toEqual(clean);
    await testbed.startWorker(namespace);
  }
  await posting;
  for (const { id } of jobs) {
    expect(endingOf(await namespace.when(id, rests))).toEqual({ status: 'completed' });
    // Every step was taken once: a restart delays a job by its own step at most.
    expect(await attemptsOf(namespace, id)).toEqual([1, 1, 1, 1, 1, 1]);
  }
  expect(references.map((reference) => testbed.ledger.modelCalls(reference))).toEqual(
    references.map(() => 3),
  );
});

async function read({ store }: Namespace, id: string): Promise<JobState | undefined> {
  return store.readJob(id);
}

/** How often each turn and each tool call of the job was tried. */
async function attemptsOf({ store }: Namespace, job: string): Promise<number[]> {
  const steps = await store.readSteps(job);
  return steps.flatMap((step) =>
    step.kind === 'turn' || step.kind === 'outcome' ? [step.attempts] : [],
  );
}
