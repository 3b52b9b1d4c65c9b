import type { ScheduleTiming } from '@pawl/contracts';
import { CronExpressionParser } from 'cron-parser';

type CronTiming = Extract<ScheduleTiming, { kind: 'cron' }>;
type EveryTiming = Extract<ScheduleTiming, { kind: 'every' }>;

/**
 * The first slot after a time (both in milliseconds since 1970), or null where none is left. It depends on nothing but
 * its arguments: the preview, a schedule's record and BullMQ's scheduler all read it.
 */
export function nextSlot(timing: ScheduleTiming, after: number): number | null {
  const from = Math.max(after, (timing.startAt ?? 0) - 1);
  const slot = timing.kind === 'cron' ? nextByCron(timing, from) : nextOnGrid(timing, from);
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

const shortestSpan = 60_000;

/** The last slot up to and including `until`, given an earlier one: found from the end, since there may be millions. */
export function newestSlot(timing: ScheduleTiming, earlier: number, until: number): number {
  for (let span = shortestSpan; ; span *= 4) {
    const from = until - span;
    const slot = from <= earlier ? earlier : nextSlot(timing, from);
    if (slot !== null && slot <= until) return lastFrom(timing, slot, until);
  }
}

function lastFrom(timing: ScheduleTiming, first: number, until: number): number {
  let last = first;
  for (let slot = nextSlot(timing, last); slot !== null && slot <= until;) {
    last = slot;
    slot = nextSlot(timing, slot);
  }
  return last;
}

function nextOnGrid({ anchor, seconds }: EveryTiming, after: number): number {
  if (after < anchor) return anchor;
  const period = seconds * 1_000;
  return anchor + (Math.floor((after - anchor) / period) + 1) * period;
}

/** An expression that names only days that do not exist (31 February or April) finds none. */
function nextByCron({ expression, timezone }: CronTiming, after: number): number | null {
  const interval = CronExpressionParser.parse(expression, {
    currentDate: new Date(after),
    tz: timezone,
  });
  try {
    return interval.next().getTime();
  } catch {
    return null;
  }
}
