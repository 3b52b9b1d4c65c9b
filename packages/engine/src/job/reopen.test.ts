import type { JobState, LateOutcome } from '@pawl/contracts';
import { describe, expect, test } from 'vitest';
import { callWith, claimable, endedFrom, jobWith, runningStep } from '../../test/job.ts';
import { settledStep } from './steps.ts';
import { reopen } from './transitions.ts';

const now = 500;
const failed = {
  status: 'failed',
  failure: { code: 'model_unavailable', message: 'It failed.', retryable: true },
} as const;
const opened = (...parameters: Parameters<typeof reopen>) => {
  const decision = reopen(...parameters);
  if (decision.kind !== 'commit') throw new Error(`not opened: ${JSON.stringify(decision)}`);
  return decision.transition;
};

test('a failed turn is taken again, with fresh attempts and a fresh deadline', () => {
  const step = { ...runningStep, attempts: 4, crashes: 2 };
  const { after } = opened(endedFrom({ name: 'turn', step }, failed), {}, { now });
  expect(after).toMatchObject({
    sequence: 6,
    expiresAt: now + 1_000_000,
    phase: { name: 'turn', step: { status: 'ready', since: 6, attempts: 0, crashes: 0 } },
  });
});

test('what was done stays done; a writing call that may have happened is asked about (invariant 5)', () => {
  const calls = [
    callWith({ step: settledStep(claimable, 'succeeded') }),
    callWith({ step: runningStep }),
    callWith({ step: runningStep, effect: 'reads' }),
    callWith(),
  ];
  const { after } = opened(endedFrom({ name: 'calls', calls }, failed), {}, { now });
  const statuses = after.phase.name === 'calls' && after.phase.calls.map(({ step }) => step.status);
  expect(statuses).toEqual(['settled', 'unknown', 'ready', 'ready']);
});

describe('what was learnt late counts now', () => {
  const late = {
    kind: 'late_outcome',
    turn: 0,
    index: 0,
    epoch: runningStep.epoch,
    finishedAt: 200,
    executed: true,
    answer: { output: 'sent' },
  } as const;
  const refused = { code: 'tool_failed', message: 'No such recipient.', retryable: false };
  const failure: LateOutcome = { ...late, answer: { failure: refused } };
  const calls = [callWith({ step: runningStep })];
  const job = endedFrom({ name: 'calls', calls }, failed);
  /** An older claim of the same call, which lost its lock. */
  const older = { turn: 0, index: 0, epoch: 3, until: 60_000 };
  const twice = (parts: Partial<JobState> = {}): JobState => ({
    ...job,
    claims: [older, ...job.claims],
    ...parts,
  });

  test('a success settles the call', () => {
    const { after, steps } = opened(job, { late: [late] }, { now });
    expect(after).toMatchObject({ turn: 1, phase: { name: 'turn' } });
    expect(steps).toMatchObject([
      { kind: 'outcome', attempts: 1, finishedAt: 200, answer: { output: 'sent' } },
    ]);
  });

  test('so does a failure of its only claim', () => {
    const { steps } = opened(job, { late: [failure] }, { now });
    expect(steps).toMatchObject([{ answer: { failure: refused } }]);
  });

  test('a call that provably was not made is made now, and nobody is asked', () => {
    const { after } = opened(job, { late: [{ ...failure, executed: false }] }, { now });
    expect(after).toMatchObject({ claims: [], phase: { calls: [{ step: { status: 'ready' } }] } });
  });

  test('the failure of an older claim says nothing of the newest: a person is asked (invariant 5)', () => {
    const { after, steps } = opened(twice(), { late: [{ ...failure, epoch: 3 }] }, { now });
    expect(after).toMatchObject({
      claims: [{ epoch: 4 }],
      phase: { calls: [{ step: { status: 'unknown', epoch: 4 } }] },
    });
    expect(steps).toEqual([]);
  });

  test('nor does the failure of the newest say that the older one did nothing', () => {
    const { steps } = opened(twice(), { late: [failure] }, { now });
    expect(steps).toMatchObject([{ answer: { failure: { code: 'outcome_unknown' } } }]);
  });

  test('the success of any claim is the call’s: it is not made again', () => {
    const late3 = { ...late, epoch: 3 };
    const { steps } = opened(twice({ onUnknownOutcome: 'retry' }), { late: [late3] }, { now });
    expect(steps).toMatchObject([{ answer: { output: 'sent' } }]);
  });
});

test('under tell_model the model reads that nobody knows, not that the call was not made', () => {
  const calls = [callWith({ step: runningStep })];
  const job = endedFrom({ name: 'calls', calls }, failed, { onUnknownOutcome: 'tell_model' });
  const { after, steps } = opened(job, {}, { now });
  expect(after).toMatchObject({ turn: 1, phase: { name: 'turn' } });
  expect(steps).toMatchObject([
    { kind: 'outcome', index: 0, answer: { failure: { code: 'outcome_unknown' } } },
  ]);
});

test.each([
  ['completed', { status: 'completed' }],
  ['cancelled', { status: 'cancelled', by: 'api' }],
] as const)('a %s job stays ended (invariant 7)', (_name, ending) => {
  expect(reopen(endedFrom({ name: 'lined' }, ending), {}, { now }).kind).toBe('nothing');
});

test('a job that runs is not opened', () => {
  expect(reopen(jobWith(), {}, { now }).kind).toBe('nothing');
});
