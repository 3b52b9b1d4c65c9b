import { expect, test } from 'vitest';
import { chartOf } from './chart.ts';

test('each curve has a point, a value and a label for each place, from zero on', () => {
  const chart = chartOf([
    {
      title: 'a < b',
      axis: 'jobs',
      unit: 'ms',
      points: [
        { at: '1', value: 2 },
        { at: '10', value: 4 },
      ],
    },
  ]);
  expect(chart.match(/<circle/g)).toHaveLength(2);
  expect(chart).toContain('a &lt; b');
  expect(chart).toContain('>4.00<');
  const heights = [...chart.matchAll(/cy="([\d.]+)"/g)].map(([, y]) => Number(y));
  const base = Number(/V(\d+)H/.exec(chart)?.[1]);
  const [half = 0, whole = 0] = heights.map((y) => base - y);
  expect(half).toBeCloseTo(whole / 2, 0);
});
