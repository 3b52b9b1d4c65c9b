import type { ScheduleTiming } from '@pawl/contracts';
import { isTimezone } from './clock.ts';
import { nextSlot, parseCron } from './slots.ts';

/** A field of the request, and what is wrong with it as the end of a sentence. */
export interface TimingProblem {
  readonly path: 'cron' | 'timezone' | 'every_seconds' | 'start_at' | 'end_at';
  readonly message: string;
}

/** Ten years, in milliseconds: no slot is planned further ahead. */
const horizon = 315_576_000_000;

/** What keeps a timing from being used; undefined when nothing does. `minimum`: seconds between two slots. */
export function timingProblem(
  timing: ScheduleTiming,
  { now, minimum }: { now: number; minimum: number },
): TimingProblem | undefined {
  return (
    boundsProblem(timing, now) ??
    (timing.kind === 'cron' ? cronProblem(timing) : undefined) ??
    periodProblem(timing, minimum) ??
    (nextSlot(timing, now) === null ? noSlot(timing) : undefined)
  );
}

function boundsProblem({ startAt, endAt }: ScheduleTiming, now: number): TimingProblem | undefined {
  // The record of a schedule holds no negative time.
  if (startAt !== undefined && startAt < 0) {
    return { path: 'start_at', message: 'must not be before 1970' };
  }
  if (startAt !== undefined && startAt > now + horizon) {
    return { path: 'start_at', message: 'must be within ten years' };
  }
  if (endAt === undefined) return undefined;
  if (startAt !== undefined && endAt < startAt) {
    return { path: 'end_at', message: 'must not be before start_at' };
  }
  return endAt <= now ? { path: 'end_at', message: 'must be in the future' } : undefined;
}

type CronTiming = Extract<ScheduleTiming, { kind: 'cron' }>;

function cronProblem({ expression, timezone }: CronTiming): TimingProblem | undefined {
  if (!isTimezone(timezone)) {
    return {
      path: 'timezone',
      message: `must be an IANA time zone such as Europe/Berlin; ${timezone} is none`,
    };
  }
  const fields = expression.trim().split(/\s+/);
  if (fields.length < 5 || fields.length > 6) {
    return { path: 'cron', message: `must have five or six fields, not ${fields.length}` };
  }
  // A hashed field means another time at every look.
  if (fields.some((field) => /(?:^|,)H/i.test(field))) {
    return { path: 'cron', message: 'must not use H: say which time you mean' };
  }
  try {
    parseCron(expression);
    return undefined;
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'it cannot be read';
    return /explicit day of month/i.test(reason)
      ? { path: 'cron', message: 'never fires: its months do not have that day' }
      : { path: 'cron', message: `is not a cron expression: ${reason}` };
  }
}

function periodProblem(timing: ScheduleTiming, minimum: number): TimingProblem | undefined {
  const period = timing.kind === 'cron' ? shortestPeriod(timing) : timing.seconds;
  if (period >= minimum) return undefined;
  return {
    path: timing.kind === 'cron' ? 'cron' : 'every_seconds',
    message: `fires every ${period} seconds at times: the period must be at least ${minimum}`,
  };
}

const secondsOfDay = 86_400;

/**
 * Seconds between the two closest slots by the clock on the wall, the night from one day to the next included. On the
 * day of a change two slots may come nearer than that: once or twice a year, which is no load to guard against.
 */
function shortestPeriod({ expression }: CronTiming): number {
  const { second, minute, hour } = parseCron(expression).fields;
  let [first, last, shortest] = [-1, -1, secondsOfDay];
  for (const hours of hour.values) {
    for (const minutes of minute.values) {
      for (const seconds of second.values) {
        const time = (hours * 60 + minutes) * 60 + seconds;
        if (last >= 0) shortest = Math.min(shortest, time - last);
        if (first < 0) first = time;
        last = time;
      }
    }
  }
  return Math.min(shortest, secondsOfDay - last + first);
}

function noSlot({ kind, endAt }: ScheduleTiming): TimingProblem {
  const path = kind === 'cron' ? 'cron' : 'every_seconds';
  return endAt === undefined
    ? { path, message: 'never fires: there is no such day' }
    : { path, message: 'never fires before end_at' };
}
