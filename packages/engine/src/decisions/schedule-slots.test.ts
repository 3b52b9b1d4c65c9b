import type { ScheduleTiming } from '@pawl/contracts';
import { expect, test } from 'vitest';
import { newestSlot, nextSlot, upcomingSlots } from './schedule-slots.ts';

const time = (text: string) => Date.parse(text);

function cron(expression: string, timezone = 'UTC', bounds: Partial<ScheduleTiming> = {}) {
  return { kind: 'cron', expression, timezone, ...bounds } as ScheduleTiming;
}

/** The next slots as a clock on the wall of that zone shows them, with the offset from UTC. */
function wall(timing: ScheduleTiming, after: string, count: number): string[] {
  const timeZone = timing.kind === 'cron' ? timing.timezone : 'UTC';
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'shortOffset',
  });
  return upcomingSlots(timing, time(after), count).map((slot) =>
    format.format(slot).replace(',', ''),
  );
}

test('a slot comes strictly after the time that is asked for', () => {
  const timing = cron('*/15 * * * *');
  expect(nextSlot(timing, time('2026-06-01T12:14:59.999Z'))).toBe(time('2026-06-01T12:15:00Z'));
  expect(nextSlot(timing, time('2026-06-01T12:15:00Z'))).toBe(time('2026-06-01T12:30:00Z'));
});

test('six fields begin with seconds', () => {
  const slots = upcomingSlots(cron('*/20 30 9 * * MON'), time('2026-06-01T09:30:10Z'), 3);
  expect(slots.map((slot) => new Date(slot).toISOString())).toEqual([
    '2026-06-01T09:30:20.000Z',
    '2026-06-01T09:30:40.000Z',
    '2026-06-08T09:30:00.000Z',
  ]);
});

test('in spring a daily time that the clocks leap over is made once, an hour later', () => {
  expect(wall(cron('30 2 * * *', 'Europe/Berlin'), '2026-03-27T12:00:00Z', 3)).toEqual([
    '28 02:30 GMT+1',
    '29 03:30 GMT+2',
    '30 02:30 GMT+2',
  ]);
  expect(wall(cron('30 2 * * *', 'America/New_York'), '2026-03-07T12:00:00Z', 2)).toEqual([
    '08 03:30 GMT-4',
    '09 02:30 GMT-4',
  ]);
});

test('in autumn a daily time that comes twice is made once', () => {
  expect(wall(cron('30 2 * * *', 'Europe/Berlin'), '2026-10-24T12:00:00Z', 2)).toEqual([
    '25 02:30 GMT+2',
    '26 02:30 GMT+1',
  ]);
  expect(wall(cron('30 1 * * *', 'America/New_York'), '2026-10-31T12:00:00Z', 2)).toEqual([
    '01 01:30 GMT-4',
    '02 01:30 GMT-5',
  ]);
});

test.each([
  ['Europe/Berlin', '2026-03-29T00:20:00Z'],
  ['Europe/Berlin', '2026-10-24T23:20:00Z'],
  ['America/New_York', '2026-03-08T06:20:00Z'],
  ['America/New_York', '2026-11-01T05:20:00Z'],
])('an interval keeps its pace through a change of the clocks in %s after %s', (zone, after) => {
  const slots = upcomingSlots(cron('*/15 * * * *', zone), time(after), 12);
  const gaps = slots.slice(1).map((slot, index) => slot - (slots[index] ?? 0));
  expect(gaps).toEqual(Array.from({ length: 11 }, () => 15 * 60_000));
});

test('a daily time keeps its hour on the wall through a whole year', () => {
  const hours = wall(cron('0 9 * * *', 'Europe/Berlin'), '2026-01-01T00:00:00Z', 365);
  expect(new Set(hours.map((text) => text.slice(3, 8)))).toEqual(new Set(['09:00']));
});

test('every so many seconds is a grid that starts at its anchor', () => {
  const timing: ScheduleTiming = { kind: 'every', seconds: 90, anchor: 1_000_000 };
  expect(upcomingSlots(timing, 0, 3)).toEqual([1_000_000, 1_090_000, 1_180_000]);
  expect(nextSlot(timing, 1_000_000)).toBe(1_090_000);
  expect(nextSlot(timing, 1_089_999)).toBe(1_090_000);
});

test('no slot lies before the start or after the end, and both may be slots', () => {
  const bounds = { startAt: time('2026-06-01T10:00:00Z'), endAt: time('2026-06-01T12:00:00Z') };
  const slots = upcomingSlots(cron('0 * * * *', 'UTC', bounds), time('2026-05-01T00:00:00Z'), 9);
  expect(slots).toEqual([bounds.startAt, time('2026-06-01T11:00:00Z'), bounds.endAt]);
});

test('29 February comes in leap years', () => {
  expect(nextSlot(cron('0 0 29 2 *'), time('2026-06-01T00:00:00Z'))).toBe(
    time('2028-02-29T00:00:00Z'),
  );
});

test('days that do not exist give no slot', () => {
  expect(nextSlot(cron('0 0 31 2,4 *'), time('2026-06-01T00:00:00Z'))).toBeNull();
});

test.each([
  ['0 * * * *', '2026-06-01T10:00:00Z', '2026-06-01T12:59:59Z', '2026-06-01T12:00:00Z'],
  ['0 9 * * 1', '2025-06-02T09:00:00Z', '2026-06-02T00:00:00Z', '2026-06-01T09:00:00Z'],
  ['0 0 1 1 *', '2026-01-01T00:00:00Z', '2026-06-01T00:00:00Z', '2026-01-01T00:00:00Z'],
  ['* * * * *', '2020-01-01T00:00:00Z', '2026-06-01T00:00:30Z', '2026-06-01T00:00:00Z'],
])('the newest slot of %s is found from the end', (expression, earlier, until, newest) => {
  expect(newestSlot(cron(expression), time(earlier), time(until))).toBe(time(newest));
});
