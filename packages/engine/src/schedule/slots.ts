import type { ScheduleTiming } from '@pawl/contracts';
import { type CronExpression, CronExpressionParser, CronMonth } from 'cron-parser';
import { clockChange, type ClockChange } from './clock.ts';

type EveryTiming = Extract<ScheduleTiming, { kind: 'every' }>;

/**
 * The first slot after a time (both in milliseconds since 1970), or null where none is left: the end has come, or a cron
 * expression names no day that ever comes. It depends on nothing but its arguments: the preview, a schedule's record and
 * BullMQ's scheduler all read it.
 *
 * The slots of a timing are one fixed set of moments, whoever asks and when. Those of a cron expression follow the clock
 * on the wall in its zone. Where that changes:
 *
 * - An expression whose hour field lets all 24 hours through has a slot whenever the clock shows a time that matches:
 *   none in what the clocks leap over, one in each pass of what comes twice. It so keeps its pace in real time, as far
 *   as the shift is a multiple of that pace. (Vixie's cron treats a star in the hour field so.)
 * - Any other names times of day. Each is made once: one that the clocks leap over is moved on by the shift, one that
 *   comes twice is made the first time. (RFC 5545, section 3.3.5.) Times that fall together so are one slot.
 */
export function nextSlot(timing: ScheduleTiming, after: number): number | null {
  const from = Math.max(after, (timing.startAt ?? 0) - 1);
  const slot =
    timing.kind === 'cron'
      ? nextCronSlot(timing.expression, timing.timezone, from)
      : nextOnGrid(timing, from);
  return slot === null || slot > (timing.endAt ?? Number.POSITIVE_INFINITY) ? null : slot;
}

/** The first so many slots after a time. */
export function upcomingSlots(timing: ScheduleTiming, after: number, count: number): number[] {
  const slots: number[] = [];
  for (let slot = nextSlot(timing, after); slot !== null && slots.length < count;) {
    slots.push(slot);
    slot = nextSlot(timing, slot);
  }
  return slots;
}

/**
 * The last slot up to and including `until`, given an earlier one. Halves what is left until nothing is, since there may
 * be millions.
 */
export function newestSlot(timing: ScheduleTiming, earlier: number, until: number): number {
  let [newest, end] = [earlier, until];
  while (newest < end) {
    const middle = Math.floor((newest + end) / 2);
    const slot = nextSlot(timing, middle);
    if (slot !== null && slot <= end) newest = slot;
    else end = middle;
  }
  return newest;
}

function nextOnGrid({ anchor, seconds }: EveryTiming, after: number): number {
  if (after < anchor) return anchor;
  const period = seconds * 1_000;
  return anchor + (Math.floor((after - anchor) / period) + 1) * period;
}

const day = 86_400_000;
/** No zone has ever changed its clocks by more than a day, so older changes have no effect any more. */
const lookBehind = day;
const lookAhead = 4 * day;
/** How far off a slot may be that lies behind a change of the clocks which was not looked at. */
const margin = 2 * day;

/**
 * A cron expression over the times of a clock on the wall, written as if they were UTC. Of zones and their changes the
 * parser knows nothing: those are ours.
 *
 * @throws Error where the expression cannot be read.
 */
export function parseCron(expression: string): CronExpression {
  return CronExpressionParser.parse(expression, { tz: 'UTC' });
}

/**
 * The first slot of a cron expression after a time, in milliseconds since 1970, by the rules of `nextSlot`; null where
 * there is no such day. A slot out of sight is looked for again from shortly before it, since the clocks may change
 * until then: two rounds, and one more for each slot on a day that a zone left out of its calendar.
 */
export function nextCronSlot(expression: string, timezone: string, after: number): number | null {
  const pattern = parseCron(expression);
  if (namesNoDay(pattern)) return null;
  for (let from = after; ;) {
    const change = clockChange(timezone, from - lookBehind, from + lookAhead);
    const slot = slotInSight(pattern, change, from);
    if (slot <= from + lookAhead) return slot;
    from = slot - margin;
  }
}

/** The first slot after `from` if the clocks changed this once and never again. */
function slotInSight(
  pattern: CronExpression,
  { at, before, after }: ClockChange,
  from: number,
): number {
  // Which readings of the old clock count (all before `oldUntil`), and which of the new one (all from `newSince` on).
  const bothUntil = at + Math.max(before, after);
  const [oldUntil, newSince] = runsThroughAllHours(pattern)
    ? [at + before, at + after]
    : [bothUntil, bothUntil];
  const newSlot = nextWall(pattern, Math.max(from + after, newSince - 1)) - after;
  if (from + before >= oldUntil - 1) return newSlot;
  const oldWall = nextWall(pattern, from + before);
  return oldWall < oldUntil ? Math.min(oldWall - before, newSlot) : newSlot;
}

function runsThroughAllHours({ fields }: CronExpression): boolean {
  return fields.hour.values.length === 24;
}

/** True for 30 February: a day of the month that none of its months has. Nothing else keeps an expression from firing. */
function namesNoDay({ fields: { month, dayOfMonth, dayOfWeek } }: CronExpression): boolean {
  if (!dayOfWeek.isWildcard || dayOfMonth.hasLastChar) return false;
  const longest = Math.max(...month.values.map((number) => CronMonth.daysInMonth[number - 1] ?? 0));
  return dayOfMonth.values.every((day) => Number(day) > longest);
}

function nextWall(pattern: CronExpression, after: number): number {
  pattern.reset(new Date(after));
  return pattern.next().getTime();
}
