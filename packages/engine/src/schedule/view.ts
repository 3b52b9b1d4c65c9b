import type { Schedule, ScheduledJob, ScheduleState } from '@pawl/contracts';
import { instant } from '../domain/instant.ts';
import type { Links, JobParts } from '../domain/job.ts';
import { jobView } from '../job/view.ts';

export interface ScheduleParts {
  readonly schedule: ScheduleState;
  readonly job: ScheduledJob;
  /** The last job, unless there is none any more. */
  readonly last?: JobParts | undefined;
}

/** A schedule as the API shows it. */
export function scheduleView({ schedule, job, last }: ScheduleParts, links: Links): Schedule {
  const { timing, activity } = schedule;
  const isCron = timing.kind === 'cron';
  return {
    id: schedule.id,
    object: 'schedule',
    status: statusOf(schedule),
    enabled: activity.name === 'active',
    user: schedule.user,
    conversation: schedule.conversation ?? null,
    cron: isCron ? timing.expression : null,
    timezone: isCron ? timing.timezone : null,
    every_seconds: isCron ? null : timing.seconds,
    start_at: instantOrNull(timing.startAt),
    end_at: instantOrNull(timing.endAt),
    overlap: schedule.overlap,
    job: job.body,
    next_run_at: instantOrNull(schedule.next ?? undefined),
    last_slot: lastSlotOf(schedule),
    last_job: last === undefined ? null : lastJobOf(last, links),
    slots_in_line: schedule.line.length,
    failures_in_a_row: schedule.failures.length,
    disabled_reason:
      activity.name === 'disabled'
        ? { code: activity.code, message: activity.message, at: instant(activity.at) }
        : null,
    created_at: instant(schedule.createdAt),
    updated_at: instant(schedule.updatedAt),
  };
}

function statusOf({ activity, next }: ScheduleState): Schedule['status'] {
  return activity.name === 'active' && next === null ? 'finished' : activity.name;
}

function lastSlotOf({ lastSlot }: ScheduleState): Schedule['last_slot'] {
  if (lastSlot === undefined) return null;
  const { at, outcome } = lastSlot;
  return {
    at: instant(at),
    outcome: outcome.kind,
    job: outcome.kind === 'started' ? outcome.job : null,
    reason: outcome.kind === 'skipped' ? outcome.reason : null,
  };
}

function lastJobOf(last: JobParts, links: Links): Schedule['last_job'] {
  const { id, status, required_action } = jobView(last, links);
  return { id, status, required_action };
}

function instantOrNull(time: number | undefined): string | null {
  return time === undefined ? null : instant(time);
}
