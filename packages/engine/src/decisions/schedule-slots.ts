import type { ScheduleTiming } from '@pawl/contracts';
import { nextCronSlot } from './schedule-cron.ts';

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
