import type { ScheduledJob, ScheduleState } from '@pawl/contracts';

/** One schedule's part of a commit. `before` fences it: null means that it must not exist yet; `after` null erases it. */
export type ScheduleWrite = {
  readonly before: ScheduleState | null;
  /** What the schedule posts, where the commit says it anew. */
  readonly job?: ScheduledJob;
} & ({ readonly after: ScheduleState } | { readonly before: ScheduleState; readonly after: null });

/** When a schedule has to be looked at, again and again: see `nextOfTimer`. Times are milliseconds since 1970. */
export interface Timer {
  /** A cron expression, or `every <seconds> from <anchor>`. */
  readonly pattern: string;
  readonly timezone?: string;
  readonly startAt?: number;
  readonly endAt?: number;
}
