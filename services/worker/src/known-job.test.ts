import type { AdmittedRequest, JobState, StepRecord } from '@pawl/contracts';
import { expect, test } from 'vitest';
import { type KnownJob, knownAfter } from './known-job.ts';

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
