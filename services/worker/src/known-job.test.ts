import type { AdmittedRequest, JobState, StepRecord } from '@pawl/contracts';
import { expect, test } from 'vitest';
import { createKnownSteps, type KnownJob, knownAfter } from './known-job.ts';

const at = (sequence: number) => ({ sequence }) as JobState;
const step = (turn: number) => ({ kind: 'turn', turn }) as StepRecord;
const request = { prompt: 'Work' } as AdmittedRequest;
const known: KnownJob = { job: at(4), request, steps: [step(0)] };

test('what a commit writes is known beside what was known before', () => {
  expect(knownAfter(known, { before: at(4), after: at(5), steps: [step(1)] })).toEqual({
    job: at(5),
    request,
    steps: [step(0), step(1)],
  });
});

test('where somebody else has committed in between, the steps have to be read', () => {
  const after = knownAfter(known, { before: at(5), after: at(6), steps: [step(1)] });
  expect(after).toEqual({ job: at(6), request, steps: undefined });
  expect(knownAfter(after, { before: at(6), after: at(7), steps: [step(2)] })?.steps).toBe(
    undefined,
  );
});

const waiting = (name: string) =>
  ({ id: `job_0_${name}`, sequence: 4, phase: { name: 'turn' } }) as JobState;

test('what is remembered is known for the very state that was committed, and once', () => {
  const known = createKnownSteps();
  const job = waiting('a');
  known.remember({ job, request, steps: [step(0)] });
  expect(known.recall(job)).toEqual([step(0)]);
  expect(known.recall(job)).toBeUndefined();

  known.remember({ job, request, steps: [step(0)] });
  // A Redis that has lost its last second counts the same sequences again.
  expect(known.recall({ ...job })).toBeUndefined();
});

test('no more is remembered than its characters allow', () => {
  const known = createKnownSteps(1_000);
  const long = { kind: 'turn', turn: 0, text: 'x'.repeat(400) } as unknown as StepRecord;
  const three = ['a', 'b', 'c'].map(waiting);
  for (const job of three) known.remember({ job, request, steps: [long] });
  expect(three.map((job) => known.recall(job) !== undefined)).toEqual([false, true, true]);
});

test('nothing is remembered of a job whose steps have to be read, or that waits for no turn', () => {
  const known = createKnownSteps();
  const ended = { ...waiting('b'), phase: { name: 'ended' } } as JobState;
  known.remember({ job: waiting('a'), request, steps: undefined });
  known.remember({ job: ended, request, steps: [step(0)] });
  known.remember(undefined);
  expect([waiting('a'), ended].map((job) => known.recall(job))).toEqual([undefined, undefined]);
});
