import { expect, test } from 'vitest';
import { jobIn } from '../../test/job.ts';
import { defaultRules } from '../domain/rules.ts';
import { statusOf } from '../job/status.ts';
import { freshStep } from '../job/steps.ts';
import { claimTurn } from '../turn/claim.ts';
import { dueWakes, needlessTasks, newWakes, sweepTime } from '../job/wakes.ts';
import { awaitedPlace, needsPlace, parkTurn, unparkTurn } from './places.ts';

const { startedAt: _, ...unstarted } = jobIn({ name: 'turn', step: freshStep(5, 0) });
const now = 1_000;
const parked = parkTurn(unstarted, { scope: 'user' }, { now, rules: defaultRules });
const lookAt = now + defaultRules.placeCheckInterval;

test('only a job that has not started needs a place', () => {
  expect(needsPlace(unstarted)).toBe(true);
  expect(needsPlace({ ...unstarted, startedAt: 1 })).toBe(false);
  expect(needsPlace({ ...unstarted, phase: { name: 'lined' } })).toBe(false);
});

test('a parked job stays queued, without a task, and is looked at sparsely', () => {
  expect(awaitedPlace(parked.after)).toBe('user');
  expect(statusOf(parked.after)).toBe('queued');
  expect(newWakes(parked.before, parked.after)).toEqual([]);
  expect(sweepTime(parked.after)).toBe(lookAt);
  expect(dueWakes(parked.after, lookAt - 1)).toEqual([]);
  expect(dueWakes(parked.after, lookAt)).toHaveLength(1);
});

test('a place lets it try at once, under a new task', () => {
  const transition = unparkTurn(parked.after, { now: 2_000 });
  if (transition === undefined) throw new Error('it waits for a place');
  expect(awaitedPlace(transition.after)).toBeUndefined();
  expect(newWakes(transition.before, transition.after)).toMatchObject([
    { at: 2_000, task: { since: 7 } },
  ]);
  expect(unparkTurn(transition.after, { now: 2_000 })).toBeUndefined();
});

test('one that finds a place when it is looked at goes on under the task of that look', () => {
  const claim = claimTurn(parked.after, { since: 6 }, { now: lookAt, rules: defaultRules });
  if (claim.kind !== 'claimed') throw new Error(`it is ${claim.kind}`);
  const { before, after } = claim.transition;
  expect(newWakes(before, after)).toEqual([]);
  expect(needlessTasks(before, after)).toEqual([]);
});
