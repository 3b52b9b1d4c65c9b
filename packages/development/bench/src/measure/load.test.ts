import { expect, test } from 'vitest';
import { medianOf, percentile, runLoad } from './load.ts';

test('percentiles and medians are values that were measured', () => {
  expect(percentile([1, 2, 3, 4], 0.5)).toBe(2);
  expect(percentile([1, 2, 3, 4], 0.99)).toBe(4);
  expect(medianOf([9, 1, 5])).toBe(5);
});

test('a load keeps as many jobs under way as it is told, and waits for the last ones', async () => {
  let underWay = 0;
  let most = 0;
  let ended = 0;
  const load = await runLoad(
    async () => {
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise((resolve) => setImmediate(resolve));
      underWay -= 1;
      ended += 1;
    },
    { seconds: 0.05, inFlight: 7 },
  );
  expect(most).toBe(7);
  expect(underWay).toBe(0);
  expect(load.jobs).toBe(ended);
  expect(load.latencies).toHaveLength(ended);
});
