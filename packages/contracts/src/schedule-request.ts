import { z } from 'zod';
import { JobRequest } from './job-request.ts';

const Instant = z.iso.datetime({ offset: true });

/** When the slots are: by cron in a time zone (default UTC), or every so many seconds from `start_at`, else from now. */
const timing = {
  cron: z.string().min(1).max(200).optional(),
  timezone: z.string().min(1).max(64).optional(),
  every_seconds: z.int().min(1).max(31_536_000).optional(),
  start_at: Instant.optional(),
  end_at: Instant.optional(),
};

const {
  start_at: _startAt,
  delay_seconds: _delaySeconds,
  when_busy: _whenBusy,
  ...scheduledFields
} = JobRequest.shape;

/** The body of a job as a schedule posts it: the clock says when, and `overlap` what happens to a busy one. */
export const ScheduledJobRequest = z.strictObject(scheduledFields);
export type ScheduledJobRequest = z.infer<typeof ScheduledJobRequest>;

/** What becomes of a slot while the schedule's last job has not ended. */
export const Overlap = z.enum(['skip', 'queue', 'allow']);
export type Overlap = z.infer<typeof Overlap>;

interface TimingFields {
  readonly cron?: string | null | undefined;
  readonly timezone?: string | null | undefined;
  readonly every_seconds?: number | null | undefined;
}

const oneKindOfTiming = {
  path: ['every_seconds'],
  message: 'give cron or every_seconds, not both',
};
const timezoneNeedsCron = {
  path: ['timezone'],
  message: 'is for cron: every_seconds knows no time zone',
};

function hasOneKind({ cron, every_seconds: seconds }: TimingFields): boolean {
  return cron === undefined || seconds === undefined;
}

function hasTimezoneForCron({ cron, timezone, every_seconds: seconds }: TimingFields): boolean {
  return timezone === undefined || cron !== undefined || seconds === undefined;
}

function hasTiming({ cron, every_seconds: seconds }: TimingFields): boolean {
  return cron !== undefined || seconds !== undefined;
}

const timingMissing = { path: ['cron'], message: 'give cron or every_seconds' };

/** The body of `POST /v1/schedules/preview`. */
export const SchedulePreviewRequest = z
  .strictObject(timing)
  .refine(hasTiming, timingMissing)
  .refine(hasOneKind, oneKindOfTiming)
  .refine(hasTimezoneForCron, timezoneNeedsCron);
export type SchedulePreviewRequest = z.infer<typeof SchedulePreviewRequest>;

/** The body of `POST /v1/schedules`. */
export const ScheduleRequest = z
  .strictObject({
    ...timing,
    job: ScheduledJobRequest,
    overlap: Overlap.default('skip'),
    enabled: z.boolean().default(true),
  })
  .refine(hasTiming, timingMissing)
  .refine(hasOneKind, oneKindOfTiming)
  .refine(hasTimezoneForCron, timezoneNeedsCron);
export type ScheduleRequest = z.infer<typeof ScheduleRequest>;
export type ScheduleRequestInput = z.input<typeof ScheduleRequest>;

/** The body of `PATCH /v1/schedules/{id}`: what is left out stays; `null` takes a bound away; `job` is replaced whole. */
export const ScheduleChanges = z
  .strictObject({
    ...timing,
    start_at: Instant.nullable().optional(),
    end_at: Instant.nullable().optional(),
    job: ScheduledJobRequest.optional(),
    overlap: Overlap.optional(),
    enabled: z.boolean().optional(),
  })
  .refine(hasOneKind, oneKindOfTiming)
  .refine(hasTimezoneForCron, timezoneNeedsCron);
export type ScheduleChanges = z.infer<typeof ScheduleChanges>;
