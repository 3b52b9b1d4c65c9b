import type { JobState } from '@pawl/contracts';
import { expect, test } from 'vitest';
import { defaultRules } from '../domain/rules.ts';
import { backOff, claimed, freshStep, isOneCrashFromLimit, readyAgain } from './steps.ts';

test.each([
  [1, 0, 500],
  [1, 0.999_999, 1_000],
  [2, 0, 1_000],
  [4, 0, 4_000],
  [20, 0, 30_000],
  [20, 0.999_999, 60_000],
])('after failure %i with random %d it waits %i ms', (attempts, random, milliseconds) => {
  expect(backOff(defaultRules, { attempts, random })).toBe(milliseconds);
});

test('it never comes back before it was asked to', () => {
  expect(backOff(defaultRules, { attempts: 1, random: 0, retryAfter: 90_000 })).toBe(90_000);
});

const rules = { ...defaultRules, crashLimit: 3 };
const claimable = { since: 1, epoch: 2, attempts: 0 };

/** Only what the decision looks at. */
function jobAt(phase: unknown): JobState {
  return { phase } as JobState;
}

function running(crashes: number) {
  return { ...claimable, crashes, status: 'running', startedAt: 0 };
}

function ready(crashes: number) {
  return { ...claimable, crashes, status: 'ready', notBefore: 0 };
}

const isLast = (step: unknown) =>
  isOneCrashFromLimit(jobAt({ name: 'turn', step }), undefined, rules);

test('a step that is found running for the second time is one crash from the limit', () => {
  expect([running(0), running(1), running(2)].map(isLast)).toEqual([false, true, false]);
  expect([ready(0), ready(1), ready(2)].map(isLast)).toEqual([false, false, true]);
});

test('a tool call is judged by its own step', () => {
  const phase = { name: 'calls', calls: [{ step: running(1) }, { step: ready(0) }] };
  const areLast = [0, 1, 2, undefined].map((index) =>
    isOneCrashFromLimit(jobAt(phase), index, rules),
  );
  expect(areLast).toEqual([true, false, false, false]);
});

test('with a single delivery no step is kept from running beside others', () => {
  const step = ready(0);
  expect(
    isOneCrashFromLimit(jobAt({ name: 'turn', step }), undefined, { ...rules, crashLimit: 1 }),
  ).toBe(false);
});

const failure = { code: 'model_failed', message: 'It failed.', retryable: true };

test('what a newer version has added to a step is handed on to its next status', () => {
  const step = { ...freshStep(1, 5), lastFailure: failure, region: 'eu' };
  const begun = claimed(step, { sequence: 2, at: 6 });
  expect(begun).toEqual({
    status: 'running',
    since: 1,
    epoch: 2,
    attempts: 0,
    crashes: 0,
    startedAt: 6,
    lastFailure: failure,
    region: 'eu',
  });
  expect(readyAgain(begun, { sequence: 3, notBefore: 7 })).toEqual({
    status: 'ready',
    since: 3,
    epoch: 2,
    attempts: 0,
    crashes: 0,
    notBefore: 7,
    region: 'eu',
  });
});
