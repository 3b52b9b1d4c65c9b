import { z } from 'zod';
import { JobStatus, RequiredAction } from './job-resource.ts';
import { JsonObject } from './json.ts';
import { Overlap } from './schedule-request.ts';

const Instant = z.iso.datetime();

/** A schedule as the API and webhooks show it. */
export const Schedule = z.object({
  id: z.string(),
  object: z.literal('schedule'),
  /** `finished`: active, but no slot is left before `end_at`. */
  status: z.enum(['active', 'paused', 'disabled', 'finished']),
  enabled: z.boolean(),
  user: z.string(),
  conversation: z.string().nullable(),
  cron: z.string().nullable(),
  timezone: z.string().nullable(),
  every_seconds: z.int().nullable(),
  start_at: Instant.nullable(),
  end_at: Instant.nullable(),
  overlap: Overlap,
  job: JsonObject,
  next_run_at: Instant.nullable(),
  last_slot: z
    .object({
      at: Instant,
      outcome: z.enum(['started', 'lined_up', 'skipped']),
      job: z.string().nullable(),
      reason: z.string().nullable(),
    })
    .nullable(),
  /** Null before the first one, and once it is erased. `required_action` shows an account that needs a person. */
  last_job: z
    .object({ id: z.string(), status: JobStatus, required_action: RequiredAction.nullable() })
    .nullable(),
  slots_in_line: z.int(),
  failures_in_a_row: z.int(),
  disabled_reason: z.object({ code: z.string(), message: z.string(), at: Instant }).nullable(),
  created_at: Instant,
  updated_at: Instant,
});
export type Schedule = z.infer<typeof Schedule>;

export const ScheduleList = z.object({
  object: z.literal('list'),
  data: z.array(Schedule),
  next_cursor: z.string().nullable(),
});
export type ScheduleList = z.infer<typeof ScheduleList>;

export const SchedulePreview = z.object({
  object: z.literal('schedule_preview'),
  next_runs: z.array(Instant),
});
export type SchedulePreview = z.infer<typeof SchedulePreview>;
