import { CronExpressionParser, CronMonth, type CronExpression } from 'cron-parser';
import { clockChange, type ClockChange } from './schedule-clock.ts';

const day = 86_400_000;
/** No zone has ever leapt over more than a day: what an older change moved on is over. */
const lookBehind = day;
const lookAhead = 4 * day;
/** By so much a slot may be out that lies behind a change which was not in sight. */
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
