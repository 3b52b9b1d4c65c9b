import type { AdmittedRequest, JobState, StepRecord } from '@pawl/contracts';
import { expect, test } from 'vitest';
import { createKnownHistories, type KnownJob, knownAfter } from './known-job.ts';

const at = (sequence: number) => ({ sequence }) as JobState;
const step = (turn: number) => ({ kind: 'turn', turn }) as StepRecord;
const request = { prompt: 'Work' } as AdmittedRequest;
const history = { steps: [step(0)], hasEarlier: true };
const known: KnownJob = { job: at(4), request, history };

test('what a commit writes is known beside what was known before', () => {
  expect(knownAfter(known, { before: known.job, after: at(5), steps: [step(1)] })).toEqual({
    job: at(5),
    request,
    history: { steps: [step(0), step(1)], hasEarlier: true },
  });
});

test('where somebody else has committed in between, what was said has to be read', () => {
  const countedAgain = knownAfter(known, { before: at(4), after: at(5), steps: [step(1)] });
  expect(countedAgain).toEqual({ job: at(5), request, history: undefined });
  const after = knownAfter(known, { before: at(5), after: at(6), steps: [step(1)] });
  expect(after).toEqual({ job: at(6), request, history: undefined });
  expect(knownAfter(after, { before: at(6), after: at(7), steps: [step(2)] })?.history).toBe(
    undefined,
  );
});

const waiting = (name: string) =>
  ({ id: `job_0_${name}`, sequence: 4, phase: { name: 'turn' } }) as JobState;

test('what is remembered is known for the very state that was committed, and once', () => {
  const known = createKnownHistories();
  const job = waiting('a');
  known.remember({ job, request, history });
  expect(known.recall(job)).toEqual(history);
  expect(known.recall(job)).toBeUndefined();

  known.remember({ job, request, history });
  // A Redis that has lost its last second counts the same sequences again.
  expect(known.recall({ ...job })).toBeUndefined();
});

test('no more is remembered than its characters allow', () => {
  const known = createKnownHistories(1_000);
  const long = { kind: 'turn', turn: 0, text: 'x'.repeat(400) } as unknown as StepRecord;
  const three = ['a', 'b', 'c'].map(waiting);
  for (const job of three)
    known.remember({ job, request, history: { steps: [long], hasEarlier: false } });
  expect(three.map((job) => known.recall(job) !== undefined)).toEqual([false, true, true]);
});

test('nothing is remembered of a job of which nothing is known, or that waits for no turn', () => {
  const known = createKnownHistories();
  const ended = { ...waiting('b'), phase: { name: 'ended' } } as JobState;
  known.remember({ job: waiting('a'), request, history: undefined });
  known.remember({ job: ended, request, history });
  known.remember(undefined);
  expect([waiting('a'), ended].map((job) => known.recall(job))).toEqual([undefined, undefined]);
});
