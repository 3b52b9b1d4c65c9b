import { expect, test } from 'vitest';
import { jobWith, runningStep } from '../../test/job.ts';
import { defaultRules as rules } from '../domain/rules.ts';
import { nextFreeModel, pauseEnd, pauseTurn } from './provider-pause.ts';

const job = jobWith({ phase: { name: 'turn', step: { ...runningStep, attempts: 2 } } });

const isPaused = (model: string) => model.startsWith('a/');

const endOf = (retryAfter: number) => pauseEnd(rules, { now: 5_000, retryAfter });

test('a pause is as long as was asked for, within its bounds', () => {
  expect(endOf(30_000)).toBe(35_000);
  expect(endOf(0)).toBe(6_000);
  expect(endOf(365 * 86_400_000)).toBe(905_000);
});

test('the next free model is the first behind the current one whose provider is not paused', () => {
  const models = ['a/1', 'a/2', 'b/1', 'c/1'];
  expect(nextFreeModel(models, 0, isPaused)).toBe(2);
  expect(nextFreeModel(models, 2, isPaused)).toBe(3);
  expect(nextFreeModel(models, 3, isPaused)).toBeUndefined();
  expect(nextFreeModel(models, 0, () => true)).toBeUndefined();
});

test('a turn that finds its provider paused is ready again soon after, with its attempts as they were', () => {
  const moment = { now: 1_000, random: 0.5, rules };
  const decision = pauseTurn(job, { epoch: 4, until: 9_000, nextModel: undefined }, moment);
  expect(decision).toMatchObject({
    transition: { after: { phase: { step: { status: 'ready', attempts: 2, notBefore: 10_000 } } } },
  });
});

test('a turn goes on with another provider’s model at once', () => {
  const moment = { now: 1_000, random: 0.5, rules };
  const decision = pauseTurn(job, { epoch: 4, until: 9_000, nextModel: 1 }, moment);
  expect(decision).toMatchObject({
    transition: { after: { model: 1, phase: { step: { status: 'ready', notBefore: 1_000 } } } },
  });
});

test('only the newest claim pauses its turn', () => {
  const moment = { now: 1_000, random: 0, rules };
  const stale = pauseTurn(job, { epoch: 3, until: 9_000, nextModel: undefined }, moment);
  expect(stale.kind).toBe('nothing');
});
