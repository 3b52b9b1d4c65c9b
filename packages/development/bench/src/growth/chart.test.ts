import { expect, test } from 'vitest';
import { chartOf, type Curve, linesOf } from './chart.ts';

const curve: Curve = {
  title: 'a < b',
  axis: 'jobs',
  unit: 'ms',
  points: [
    { at: '1', value: 2 },
    { at: '10', value: 4 },
  ],
};

test('each curve has a point, a value and a label for each place, from zero on', () => {
  const chart = chartOf([curve]);
  expect(chart.match(/<circle/g)).toHaveLength(2);
  expect(chart).toContain('a &lt; b');
  expect(chart).toContain('>4.00<');
  const heights = [...chart.matchAll(/cy="([\d.]+)"/g)].map(([, y]) => Number(y));
  const base = Number(/V(\d+)H/.exec(chart)?.[1]);
  const [half = 0, whole = 0] = heights.map((y) => base - y);
  expect(half).toBeCloseTo(whole / 2, 0);
});

test('the least that a curve can be is a line of its own, within the same scale', () => {
  const points = [
    { at: '1', value: 1 },
    { at: '10', value: 8 },
  ];
  const withLeast: Curve = { ...curve, least: { name: 'its bytes', points } };
  expect(linesOf(withLeast)).toEqual([
    'a < b (ms): 1: 2.00, 10: 4.00',
    '  its bytes: 1: 1.00, 10: 8.00',
  ]);
  const lines = [...chartOf([withLeast]).matchAll(/<polyline points="([^"]+)"/g)];
  const [least = [], values = []] = lines.map(([, text = '']) =>
    text.split(' ').map((point) => Number(point.split(',')[1])),
  );
  expect(least[1]).toBeLessThan(values[1] ?? 0);
  expect(least[0]).toBeGreaterThan(values[0] ?? 0);
});
