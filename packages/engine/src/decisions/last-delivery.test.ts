import { expect, test } from 'vitest';
import type { JobState } from '@pawl/contracts';
import { defaultRules } from '../rules.ts';
import { isLastDelivery } from './last-delivery.ts';

const rules = { ...defaultRules, deliveries: 3 };
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

const isLast = (step: unknown) => isLastDelivery(jobAt({ name: 'turn', step }), undefined, rules);

test('a step that is found running for the second time is at its last delivery', () => {
  expect([running(0), running(1), running(2)].map(isLast)).toEqual([false, true, false]);
  expect([ready(0), ready(1), ready(2)].map(isLast)).toEqual([false, false, true]);
});

test('a tool call is judged by its own step', () => {
  const phase = { name: 'calls', calls: [{ step: running(1) }, { step: ready(0) }] };
  const areLast = [0, 1, 2, undefined].map((index) => isLastDelivery(jobAt(phase), index, rules));
  expect(areLast).toEqual([true, false, false, false]);
});

test('with a single delivery no step is kept from running beside others', () => {
  const step = ready(0);
  expect(
    isLastDelivery(jobAt({ name: 'turn', step }), undefined, { ...rules, deliveries: 1 }),
  ).toBe(false);
});
