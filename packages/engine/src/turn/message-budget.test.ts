import { describe, expect, test } from 'vitest';
import { jobWith } from '../../test/job.ts';
import { budgetOf, smallerBudget } from './messages.ts';

const sent = { characters: 1_000, shortest: 100 };

describe('the budget of characters after a request that was too long', () => {
  test('is half of what was sent, or what the endpoint’s numbers say with a margin', () => {
    expect(smallerBudget(jobWith(), sent, undefined)).toEqual({
      model: 0,
      characters: 500,
      trims: 1,
    });
    expect(smallerBudget(jobWith(), sent, 0.5)?.characters).toBe(450);
    expect(smallerBudget(jobWith(), sent, 0.999)?.characters).toBeLessThan(910);
    expect(smallerBudget(jobWith(), sent, 0)?.characters).toBe(100);
  });

  test('is lowered a bounded number of times, and not where nothing is left to leave out', () => {
    const tired = jobWith({ messageBudget: { model: 0, characters: 10, trims: 8 } });
    expect(smallerBudget(tired, sent, undefined)).toBeUndefined();
    expect(smallerBudget(jobWith(), { characters: 100, shortest: 100 }, 0.5)).toBeUndefined();
  });

  test('is the budget of one model: the next one begins anew', () => {
    const messageBudget = { model: 0, characters: 10, trims: 8 };
    expect(budgetOf(jobWith({ messageBudget }))).toBe(10);
    expect(budgetOf(jobWith({ messageBudget, model: 1 }))).toBeUndefined();
    expect(smallerBudget(jobWith({ messageBudget, model: 1 }), sent, undefined)?.trims).toBe(1);
  });
});
