import type { JobState } from '@pawl/contracts';
import { createKeys } from '@pawl/store';
import { waitFor } from '@pawl/testing';
import { afterAll, expect, test } from 'vitest';
import type { HarnessProcess } from '../src/testbed/harness-process.ts';
import { endingOf, hasEnded } from '../src/testbed/namespace.ts';
import { makeNextBuild } from '../src/testbed/next-build.ts';
import { callOf } from '../src/testbed/prompts.ts';
import { type Experiment, experiments } from './experiment.ts';

// Two versions side by side: this one, and the next one, which adds a field and a kind of step. Nothing is lost, erased
// or stuck, whichever of them commits.
const experiment = experiments();
const next = await makeNextBuild();
afterAll(() => next.remove());

const jobsInParallel = 8;
/** One restart in the middle of each turn. */
const versions = ['this', 'next', 'this', 'next', 'this'] as const;

test('workers of two versions take turns at the same jobs, in a rolling restart up and down', async (context) => {
  const it = experiment(context);
  const { testbed, namespace, user } = it;
  const started: HarnessProcess[] = [];
  context.onTestFinished(() => {
    for (const each of started) each.kill('SIGKILL');
  });
  async function start(version: (typeof versions)[number]): Promise<HarnessProcess> {
    if (version === 'this') return testbed.startWorker(namespace);
    const worker = await next.startHarnessProcess('worker-main', testbed.settings);
    started.push(worker);
    await worker.serve({ name: namespace.name, failpoints: [] });
    return worker;
  }

  let hold = holdCalls(it);
  let worker = await start(versions[0]);
  const turns = versions.map((_, turn) => [callOf('reads', `r${turn}`)]);
  const jobs = await Promise.all(
    Array.from({ length: jobsInParallel }, async (_, number) => {
      const writes = versions.map((__, turn) => callOf('writes', `w${turn} of ${number}`));
      return it.post(turns.map((calls, turn) => [...calls, ...writes.slice(turn, turn + 1)]));
    }),
  );
  for (const version of versions.slice(1)) {
    // Every job is in the middle of its calls, which the worker that leaves still makes; the next turn is the other's.
    await hold.arrived(2 * jobsInParallel);
    const other = await start(version);
    const left = worker.leave();
    const before = hold;
    hold = holdCalls(it);
    before.release();
    await left;
    worker = other;
  }
  await hold.arrived(2 * jobsInParallel);
  hold.release();

  for (const { id } of jobs) {
    const job = await namespace.when(id, hasEnded);
    expect(endingOf(job)).toEqual({ status: 'completed' });
    const marks = marksOf(job);
    // Both have committed, and what the next version wrote is there to the last mark and note.
    expect(marks.length).toBeGreaterThan(0);
    expect(marks.length).toBeLessThan(job.sequence - 1);
    expect(await notesOf(it, id)).toEqual(marks.toSorted());
    expect(job.usage.modelCalls).toBe(versions.length + 1);
  }
  const performed = testbed.ledger
    .performed(user)
    .filter(({ tool }) => tool === 'gmail_send_message');
  expect(performed).toHaveLength(jobsInParallel * versions.length);
  expect(new Set(performed.map(({ times }) => times))).toEqual(new Set([1]));
  expect(await namespace.store.countQuarantined()).toBe(0);
});

/** The tool calls of the experiment's user get no answer until they are released; those after it do. */
function holdCalls({ testbed, user }: Experiment) {
  const { control } = testbed.sandbox;
  const match = { operation: 'ExecuteTool', identifier: user };
  const fault = control.addFault({
    match,
    when: 'before-effect',
    times: 'always',
    effect: { kind: 'hang' },
  });
  const held = () => control.held().filter(({ identifier }) => identifier === user).length;
  return {
    arrived: (count: number) => waitFor(() => held() === count),
    release() {
      control.clearFaults(fault);
      control.release(match);
    },
  };
}

/** What the next version has added to the job: this one does not know it, and keeps it. */
function marksOf(job: JobState): string[] {
  return (job as JobState & { readonly marks?: string[] }).marks ?? [];
}

async function notesOf({ namespace }: Experiment, job: string): Promise<string[]> {
  const fields = await namespace.redis.hkeys(createKeys(namespace.name).steps(job));
  return fields
    .filter((field) => field.startsWith('note:'))
    .map((field) => field.slice('note:'.length))
    .toSorted();
}
