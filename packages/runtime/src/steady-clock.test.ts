import { expect, test } from 'vitest';
import { createSteadyClock } from './steady-clock.ts';

test('it counts on from what it was told', () => {
  const clock = createSteadyClock({ at: 1_000, on: 50 });
  expect([clock.read(50), clock.read(60.7)]).toEqual([1_000, 1_010]);
  expect(clock.set({ at: 2_000, on: 70, span: 2 })).toBe(980);
  expect(clock.read(75)).toBe(2_005);
});

test('a time that differs by no more than its error changes nothing', () => {
  const clock = createSteadyClock({ at: 1_000, on: 0 });
  expect(clock.set({ at: 1_040, on: 0, span: 100 })).toBe(0);
  expect(clock.read(0)).toBe(1_000);
});

test('set back a little, it stands still until the time has come up', () => {
  const clock = createSteadyClock({ at: 10_000, on: 0 });
  expect(clock.read(0)).toBe(10_000);
  expect(clock.set({ at: 9_000, on: 0, span: 2 })).toBe(-1_000);
  expect([clock.read(500), clock.read(999), clock.read(1_001)]).toEqual([10_000, 10_000, 10_001]);
});

test('set back far, it goes back: standing still for long would stop everything that waits', () => {
  const clock = createSteadyClock({ at: 2_000_000, on: 0 });
  expect(clock.read(0)).toBe(2_000_000);
  clock.set({ at: 200_000, on: 0, span: 2 });
  expect(clock.read(1)).toBe(200_001);
});
