import { expect, test } from 'vitest';
import { planDisturbances } from './disturbances.ts';

const plan = { seed: 7, workers: 3, toolCalls: 600, count: 40 };

test('a seed always makes the same plan, and another one another', () => {
  expect(planDisturbances(plan)).toEqual(planDisturbances(plan));
  expect(planDisturbances({ ...plan, seed: 8 })).not.toEqual(planDisturbances(plan));
});

test('disturbances are spread over the run, in order, and every kind comes', () => {
  const planned = planDisturbances(plan);
  const times = planned.map(({ after }) => after);
  expect(times).toEqual(times.toSorted((one, other) => one - other));
  expect(times.at(-1)).toBeLessThan(plan.toolCalls);
  expect(new Set(planned.map(({ disturbance }) => disturbance.kind)).size).toBe(6);
});
