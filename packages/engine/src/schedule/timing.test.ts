import type { ScheduleTiming } from '@pawl/contracts';
import { expect, test } from 'vitest';
import { timingProblem } from './timing.ts';

const now = Date.parse('2026-06-01T12:00:00Z');
const cron = (expression: string, rest: Partial<ScheduleTiming> = {}) =>
  ({ kind: 'cron', expression, timezone: 'UTC', ...rest }) as ScheduleTiming;
const every = (seconds: number): ScheduleTiming => ({ kind: 'every', seconds, anchor: now });
const problemOf = (timing: ScheduleTiming, minimum = 60) => timingProblem(timing, { now, minimum });

test.each([
  '* * * * *',
  '*/5 9-17 * * MON-FRI',
  '0 30 2 * * *',
  '0 9 L * *',
  '0 0 29 2 *',
  '0 9 * * 4#2',
  '0 9 * 2 1#5',
  '0 9 31 2,4 MON',
  '0 9 L 2,4 *',
])('%s can be used', (expression) => {
  expect(problemOf(cron(expression))).toBeUndefined();
});

test.each([
  ['* * * *', 'must have five or six fields, not 4'],
  ['* * * * * * *', 'must have five or six fields, not 7'],
  ['@daily', 'must have five or six fields, not 1'],
  ['61 * * * *', 'is not a cron expression'],
  ['a b c d e', 'is not a cron expression'],
  ['H * * * *', 'must not use H'],
  ['0 0 30 2 *', 'never fires'],
  ['0 0 31 2,4 *', 'never fires: there is no such day'],
  ['0 0 31 2,4,6,9,11 *', 'never fires: there is no such day'],
  ['*/30 * * * * *', 'fires every 30 seconds at times: the period must be at least 60'],
  ['0,10 0 12 1 1 *', 'fires every 10 seconds at times'],
])('the cron %s is refused: it %s', (expression, message) => {
  expect(problemOf(cron(expression))).toEqual({
    path: 'cron',
    message: expect.stringContaining(message),
  });
});

test.each(['Mars/City', 'local', '+02:00', 'Europe/', ''])('%s is no time zone', (timezone) => {
  expect(problemOf(cron('0 9 * * *', { timezone }))).toEqual({
    path: 'timezone',
    message: expect.stringContaining(timezone),
  });
});

test('the period between hours and over midnight counts too', () => {
  expect(problemOf(cron('0,58 * * * *'), 300)?.message).toContain('every 120 seconds');
  expect(problemOf(cron('0,58 0,23 * * *'), 300)?.message).toContain('every 120 seconds');
  expect(problemOf(cron('0,30 8,20 * * *'), 300)).toBeUndefined();
});

test('a period of seconds has the same minimum', () => {
  expect(problemOf(every(60))).toBeUndefined();
  expect(problemOf(every(59))).toEqual({
    path: 'every_seconds',
    message: expect.stringContaining('at least 60'),
  });
});

test('a start before 1970 is refused: no record holds such a time', () => {
  const before1970 = { path: 'start_at', message: 'must not be before 1970' };
  expect(problemOf(cron('0 * * * *', { startAt: -1 }))).toEqual(before1970);
  expect(problemOf({ kind: 'every', seconds: 60, startAt: -1, anchor: -1 })).toEqual(before1970);
  expect(problemOf(cron('0 * * * *', { startAt: 0 }))).toBeUndefined();
});

test('an end before the start, in the past, or before the first slot is refused', () => {
  const startAt = now + 7_200_000;
  expect(problemOf(cron('0 * * * *', { startAt, endAt: startAt - 1 }))).toEqual({
    path: 'end_at',
    message: 'must not be before start_at',
  });
  expect(problemOf(cron('0 * * * *', { endAt: now - 1 }))?.message).toBe('must be in the future');
  expect(problemOf(cron('0 0 1 1 *', { endAt: now + 1_000 }))).toEqual({
    path: 'cron',
    message: 'never fires before end_at',
  });
  expect(problemOf(cron('0 * * * *', { startAt: now + 1e12 }))?.path).toBe('start_at');
});
