import { expect, test } from 'vitest';
import { exceedsToolCalls, limitBeforeTurn, outputCap } from './limits.ts';

const limits = { turns: 3, tool_calls: 5, tokens: 100, cost_usd: 1, deadline_seconds: 60 };
const usage = { modelCalls: 0, toolCalls: 0, inputTokens: 0, outputTokens: 0, costUsd: 0 };

test.each([
  [{}, undefined],
  [{ modelCalls: 2, inputTokens: 60, outputTokens: 39, costUsd: 0.99 }, undefined],
  [{ modelCalls: 3 }, 'turns'],
  [{ inputTokens: 60, outputTokens: 40 }, 'tokens'],
  [{ costUsd: 1 }, 'cost'],
])('used %o: the next model call is stopped by %s (invariant 10)', (used, limit) => {
  expect(limitBeforeTurn({ limits, usage: { ...usage, ...used } })).toBe(limit);
});

test('a batch of tool calls fits exactly or not at all', () => {
  const job = { limits, usage: { ...usage, toolCalls: 3 } };
  expect(exceedsToolCalls(job, 2)).toBe(false);
  expect(exceedsToolCalls(job, 3)).toBe(true);
});

test('the output of the next call is capped by what is left', () => {
  expect(outputCap({ limits, usage: { ...usage, inputTokens: 70 } })).toBe(30);
  expect(outputCap({ limits: { ...limits, tokens: undefined }, usage })).toBeUndefined();
});

test('a budget of the tenant caps the output too: the lower of the two, or the one that there is', () => {
  const job = { limits, usage: { ...usage, inputTokens: 70 } };
  expect(outputCap(job, 10)).toBe(10);
  expect(outputCap(job, 50)).toBe(30);
  expect(outputCap({ ...job, limits: { ...limits, tokens: undefined } }, 50)).toBe(50);
});

test('a job without limits of tokens and cost is stopped by neither', () => {
  const spent = { ...usage, inputTokens: 1_000_000, costUsd: 1_000 };
  const unlimited = { turns: 3, tool_calls: 5, deadline_seconds: 60 };
  expect(limitBeforeTurn({ limits: unlimited, usage: spent })).toBeUndefined();
});
