import type { ScheduleTiming } from '@pawl/contracts';
import { expect, test } from 'vitest';
import { newestSlot, nextSlot, upcomingSlots } from './slots.ts';

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

test.each([
  ['Europe/Berlin', '30 2 * * *', '2026-03-27T12:00Z', '28 02:30', '29 03:30', '30 02:30'],
  ['America/New_York', '30 2 * * *', '2026-03-06T12:00Z', '07 02:30', '08 03:30', '09 02:30'],
  ['Africa/Cairo', '0 0 * * *', '2026-04-22T12:00Z', '23 00:00', '24 01:00', '25 00:00'],
  ['America/Havana', '30 0 * * *', '2026-03-06T12:00Z', '07 00:30', '08 01:30', '09 00:30'],
  ['Asia/Beirut', '0 0 * * *', '2026-03-27T12:00Z', '28 00:00', '29 01:00', '30 00:00'],
  ['America/Santiago', '0 0 * * *', '2026-09-04T12:00Z', '05 00:00', '06 01:00', '07 00:00'],
  ['Atlantic/Azores', '15 0 * * *', '2026-03-27T12:00Z', '28 00:15', '29 01:15', '30 00:15'],
  ['Australia/Lord_Howe', '5 2 * * *', '2026-10-02T12:00Z', '03 02:05', '04 02:35', '05 02:05'],
  ['Pacific/Apia', '0 9 30 12 *', '2010-12-01T00:00Z', '30 09:00', '31 09:00', '30 09:00'],
])('in %s the time of %s that the clocks leap over is made once, moved on', (zone, ...given) => {
  const [expression, after, ...times] = given;
  expect(wall(cron(expression, zone), after, 3)).toEqual(
    times.map((text) => expect.stringContaining(text)),
  );
});

/** The next four slots of that morning in Berlin on which 02:00 is followed by 03:00. */
const leapDay = (expression: string) =>
  wall(cron(expression, 'Europe/Berlin'), '2026-03-29T00:30Z', 4).map((text) => text.slice(0, 8));

test('times that are moved on keep their distance, and make one slot with those that they meet', () => {
  expect(leapDay('0,30 2 * * *')).toEqual(['29 03:00', '29 03:30', '30 02:00', '30 02:30']);
  expect(leapDay('0,30 2,3 * * *')).toEqual(['29 03:00', '29 03:30', '30 02:00', '30 02:30']);
  expect(leapDay('0 */2 * * *')).toEqual(['29 03:00', '29 04:00', '29 06:00', '29 08:00']);
});

test.each([
  ['Europe/Berlin', '30 2 * * *', '2026-10-24T12:00Z', '25 02:30 GMT+2', '26 02:30 GMT+1'],
  ['America/New_York', '30 1 * * *', '2026-10-31T12:00Z', '01 01:30 GMT-4', '02 01:30 GMT-5'],
  ['Africa/Cairo', '30 23 * * *', '2026-10-29T12:00Z', '29 23:30 GMT+3', '30 23:30 GMT+2'],
  ['America/Havana', '0 0 * * *', '2026-10-31T12:00Z', '01 00:00 GMT-4', '02 00:00 GMT-5'],
  [
    'Australia/Lord_Howe',
    '45 1 * * *',
    '2026-04-04T12:00Z',
    '05 01:45 GMT+11',
    '06 01:45 GMT+10:30',
  ],
])('in %s the time of %s that comes twice is made once, the first time', (zone, ...given) => {
  const [expression, after, ...times] = given;
  expect(wall(cron(expression, zone), after, 2)).toEqual(times);
});

test('who asks between the two passes of a time that comes twice is not given it again', () => {
  const timing = cron('30 2 * * *', 'Europe/Berlin');
  expect(nextSlot(timing, time('2026-10-25T01:05Z'))).toBe(time('2026-10-26T01:30Z'));
  const twoDays = [time('2026-10-24T00:30Z'), time('2026-10-25T01:25Z')] as const;
  expect(newestSlot(timing, ...twoDays)).toBe(time('2026-10-25T00:30Z'));
});

test.each([
  ['Europe/Berlin', '2026-03-29T00:20Z'],
  ['Europe/Berlin', '2026-10-24T23:20Z'],
  ['America/New_York', '2026-03-08T06:20Z'],
  ['America/New_York', '2026-11-01T05:20Z'],
  ['Antarctica/Troll', '2026-10-24T23:20Z'],
  ['Australia/Lord_Howe', '2026-04-04T14:20Z'],
  ['Australia/Lord_Howe', '2026-10-03T14:50Z'],
])('what runs through all hours keeps its pace through a change in %s after %s', (zone, after) => {
  const paces = [1, 15, ...(zone === 'Australia/Lord_Howe' ? [] : [20, 60])];
  for (const pace of paces) {
    const expression = pace === 60 ? '7 * * * *' : `*/${pace} * * * *`;
    const slots = upcomingSlots(cron(expression, zone), time(after), 90 / pace + 5);
    const gaps = slots.slice(1).map((slot, index) => slot - (slots[index] ?? 0));
    expect(new Set(gaps)).toEqual(new Set([pace * 60_000]));
  }
});

test('where the shift is half an hour, an hourly schedule still follows the clock on the wall', () => {
  const hourly = cron('0 * * * *', 'Australia/Lord_Howe');
  expect(wall(hourly, '2026-04-04T13:30Z', 3)).toEqual([
    '05 01:00 GMT+11',
    '05 02:00 GMT+10:30',
    '05 03:00 GMT+10:30',
  ]);
  expect(wall(hourly, '2026-10-03T14:00Z', 3)).toEqual([
    '04 01:00 GMT+10:30',
    '04 03:00 GMT+11',
    '04 04:00 GMT+11',
  ]);
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

test('29 February, where the years between have left it out, comes after eight', () => {
  expect(nextSlot(cron('0 0 29 2 *', 'Europe/Berlin'), time('2096-03-01T00:00:00Z'))).toBe(
    time('2104-02-28T23:00:00Z'),
  );
});

test('days that do not exist give no slot', () => {
  expect(nextSlot(cron('0 0 31 2,4 *'), time('2026-06-01T00:00:00Z'))).toBeNull();
});

test('a zone that this machine does not know is an error, not the end of the schedule', () => {
  expect(() => nextSlot(cron('0 9 * * *', 'Mars/City'), 0)).toThrow('Mars/City');
});

test.each([
  ['0 * * * *', '2026-06-01T10:00:00Z', '2026-06-01T12:59:59Z', '2026-06-01T12:00:00Z'],
  ['0 9 * * 1', '2025-06-02T09:00:00Z', '2026-06-02T00:00:00Z', '2026-06-01T09:00:00Z'],
  ['0 0 1 1 *', '2026-01-01T00:00:00Z', '2026-06-01T00:00:00Z', '2026-01-01T00:00:00Z'],
  ['* * * * *', '2020-01-01T00:00:00Z', '2026-06-01T00:00:30Z', '2026-06-01T00:00:00Z'],
])('the newest slot of %s is found from the end', (expression, earlier, until, newest) => {
  expect(newestSlot(cron(expression), time(earlier), time(until))).toBe(time(newest));
});
