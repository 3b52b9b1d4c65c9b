import type { ScheduleTiming } from '@pawl/contracts';
import { timingProblem } from '@pawl/engine';
import type { Gateway } from '../gateway.ts';
import { invalidField } from '../http/problem.ts';

/** The fields of a request that say when; `null` takes away what `before` has. */
export interface TimingFields {
  readonly cron?: string | undefined;
  readonly timezone?: string | undefined;
  readonly every_seconds?: number | undefined;
  readonly start_at?: string | null | undefined;
  readonly end_at?: string | null | undefined;
}

/**
 * When a schedule's slots are, and that it can be so.
 *
 * @throws ProblemError that names the field which is wrong: cron, zone, bounds, or too short a period.
 */
export function checkedTiming(
  { engine, settings }: Gateway,
  fields: TimingFields,
  before?: ScheduleTiming,
): ScheduleTiming {
  const now = engine.now();
  const timing = timingOf(fields, before, now);
  const problem = timingProblem(timing, { now, minimum: settings.schedules.minimumSeconds });
  if (problem !== undefined) throw invalidField(problem.path, problem.message);
  return timing;
}

function timingOf(
  { cron, timezone, every_seconds: everySeconds, start_at, end_at }: TimingFields,
  before: ScheduleTiming | undefined,
  now: number,
): ScheduleTiming {
  const startAt = boundOf(start_at, before?.startAt);
  const endAt = boundOf(end_at, before?.endAt);
  const bounds = {
    ...(startAt === undefined ? {} : { startAt }),
    ...(endAt === undefined ? {} : { endAt }),
  };
  const expression = cron ?? (before?.kind === 'cron' ? before.expression : undefined);
  if (everySeconds === undefined && expression !== undefined) {
    const zone = timezone ?? (before?.kind === 'cron' ? before.timezone : 'UTC');
    return { kind: 'cron', expression: expression.trim(), timezone: zone, ...bounds };
  }
  if (timezone !== undefined) {
    throw invalidField('timezone', 'is for cron: every_seconds knows no time zone');
  }
  const known = before?.kind === 'every' ? before : undefined;
  const seconds = everySeconds ?? known?.seconds ?? 0;
  const keepsGrid = known?.seconds === seconds && known.startAt === startAt;
  const anchor = keepsGrid ? known.anchor : (startAt ?? now);
  return { kind: 'every', seconds, anchor, ...bounds };
}

function boundOf(given: string | null | undefined, before: number | undefined): number | undefined {
  if (given === undefined) return before;
  return given === null ? undefined : Date.parse(given);
}
