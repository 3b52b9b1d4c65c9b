import { expect, test } from 'vitest';
import { instant } from '../domain/instant.ts';
import { nextCronSlot, parseCron } from './slots.ts';

const [step, minute, quarter, hour] = [30_000, 60_000, 900_000, 3_600_000];

/** A zone, and a moment at which its clocks change (or not). */
const moments = [
  ['Africa/Cairo', '2026-04-23T22:00Z'],
  ['Africa/Cairo', '2026-10-29T21:00Z'],
  ['America/Havana', '2026-03-08T05:00Z'],
  ['America/Havana', '2026-11-01T05:00Z'],
  ['America/New_York', '2026-03-08T07:00Z'],
  ['America/New_York', '2026-11-01T06:00Z'],
  ['America/Santiago', '2026-04-05T03:00Z'],
  ['America/Santiago', '2026-09-06T04:00Z'],
  ['Antarctica/Troll', '2026-03-29T01:00Z'],
  ['Antarctica/Troll', '2026-10-25T01:00Z'],
  ['Asia/Beirut', '2026-03-28T22:00Z'],
  ['Asia/Beirut', '2026-10-24T21:00Z'],
  ['Atlantic/Azores', '2026-03-29T01:00Z'],
  ['Atlantic/Azores', '2026-10-25T01:00Z'],
  ['Australia/Lord_Howe', '2026-04-04T15:00Z'],
  ['Australia/Lord_Howe', '2026-10-03T15:30Z'],
  ['Europe/Berlin', '2026-03-29T01:00Z'],
  ['Europe/Berlin', '2026-10-25T01:00Z'],
  ['Pacific/Apia', '2011-12-30T10:00Z'],
  ['Pacific/Apia', '2026-04-04T14:00Z'],
  ['UTC', '2026-03-29T01:00Z'],
] as const;

const patterns = [
  '0 * * * *',
  '*/15 * * * *',
  '*/20 * * * *',
  '50 0-23 * * SAT,SUN',
  '0 0 * * *',
  '30 0 * * *',
  '30 2 * * *',
  '0 */2 * * *',
  '0,20,40 0-3 * * *',
  '45 1,2,23 * * SUN',
  '30 15 * * * *',
  '0,30 45 1-4 * * *',
];

/** Local time minus UTC, for a span of quarters of an hour: within one no clock ever changes. */
function offsetsOf(timeZone: string, from: number, to: number): (time: number) => number {
  const format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
  const offsets = Array.from({ length: Math.ceil((to - from) / quarter) }, (_, index) => {
    const [, sign, hours, minutes] = /GMT([+-])(\d+):(\d+)/.exec(
      format.format(from + index * quarter),
    ) ?? ['', '+', '0', '0'];
    return Number(`${sign}1`) * (Number(hours) * hour + Number(minutes) * minute);
  });
  return (time) => offsets[Math.floor((time - from) / quarter)] ?? 0;
}

function matcherOf(expression: string): (wall: number) => boolean {
  const pattern = parseCron(expression);
  const seconds = new Set<number>(pattern.fields.second.values);
  const minutes = new Set<number>(pattern.fields.minute.values);
  return (wall) =>
    seconds.has((wall / 1_000) % 60) &&
    minutes.has(((wall / minute) % 60) | 0) &&
    pattern.includesDate(new Date(wall));
}

/** Every slot of a span, by watching the clock on the wall from its beginning to its end. */
function slotsByHand(expression: string, zone: string, from: number, to: number): number[] {
  const matches = matcherOf(expression);
  const offsetAt = offsetsOf(zone, from, to);
  const everyHour = ['*', '0-23'].includes(expression.split(' ').at(-4) ?? '');
  const slots = new Set<number>();
  let newest = from + offsetAt(from) - step;
  let before = offsetAt(from);
  for (let time = from; time < to; time += step) {
    const offset = offsetAt(time);
    const shown = time + offset;
    if (everyHour && matches(shown)) slots.add(time);
    for (let wall = newest + step; wall <= shown; wall += step) {
      if (!everyHour && matches(wall)) slots.add(wall < shown ? wall - before : time);
    }
    newest = Math.max(newest, shown);
    before = offset;
  }
  return [...slots].toSorted((one, other) => one - other);
}

/** Times at which to ask: around the change, at each slot near it, and just before the next. */
function timesToAsk(slots: readonly number[], change: number): number[] {
  const near = slots.filter((slot) => Math.abs(slot - change) < 2.5 * hour);
  const around = Array.from({ length: 9 }, (_, index) => change + (index - 3) * 25 * minute);
  return [...near, ...near.map((slot) => slot - 1), ...around, change - 20 * hour];
}

const cases = moments.flatMap((moment) => patterns.map((pattern) => [...moment, pattern] as const));

test.each(cases)('in %s around %s, the slots of %s are the same whenever one asks', (...given) => {
  const [zone, moment, expression] = given;
  const change = Date.parse(moment);
  const slots = slotsByHand(expression, zone, change - 30 * hour, change + 54 * hour);
  const expected = new Map<number, number>();
  for (const time of timesToAsk(slots, change)) {
    const next = slots.find((slot) => slot > time);
    if (next !== undefined) expected.set(time, next);
  }
  const found = [...expected.keys()].map((time) => nextCronSlot(expression, zone, time) ?? 0);
  expect(found.map(instant)).toEqual([...expected.values()].map(instant));
});
