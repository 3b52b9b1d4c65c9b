import { expect, test } from 'vitest';
import { runToolBench } from './run-tool-bench.ts';

test('of hundreds of tools a small part is offered, and the one that is needed is never out of reach', async () => {
  const { tools, allTokens, results } = await runToolBench(40);
  expect(tools).toBe(355);
  expect(results).toHaveLength(40);
  expect(results.filter(({ found }) => found === 'never')).toEqual([]);
  const mean = results.reduce((sum, { tokens }) => sum + tokens, 0) / results.length;
  expect(mean).toBeLessThanOrEqual(0.15 * allTokens);
});
