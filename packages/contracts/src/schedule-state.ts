import { z } from 'zod';
import { AgentReference } from './agent.ts';
import { AdmittedRequest, Limits, UnknownOutcomePolicy } from './job-request.ts';
import { JsonObject } from './json.ts';
import { Overlap } from './schedule-request.ts';
import { WebhookTarget } from './webhook.ts';

/** Times in states are milliseconds since 1970. */
const Time = z.int().nonnegative();

/** Where the slots are. Those of `every` are the anchor and every so many seconds after it. */
export const ScheduleTiming = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('cron'),
    expression: z.string(),
    timezone: z.string(),
    startAt: Time.optional(),
    endAt: Time.optional(),
  }),
  z.object({
    kind: z.literal('every'),
    seconds: z.int().positive(),
    anchor: Time,
    startAt: Time.optional(),
    endAt: Time.optional(),
  }),
]);
export type ScheduleTiming = z.infer<typeof ScheduleTiming>;

/** What became of the newest slot. */
export const SlotOutcome = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('started'), job: z.string() }),
  z.object({ kind: z.literal('lined_up') }),
  z.object({
    kind: z.literal('skipped'),
    reason: z.enum(['overlap', 'line_full', 'conversation_full', 'limit_reached']),
  }),
]);
export type SlotOutcome = z.infer<typeof SlotOutcome>;

/** Whether the clock drives the schedule. `disabled`: it stopped itself. */
export const ScheduleActivity = z.discriminatedUnion('name', [
  z.object({ name: z.literal('active') }),
  z.object({ name: z.literal('paused') }),
  z.object({
    name: z.literal('disabled'),
    code: z.enum(['failures', 'conversation_gone']),
    message: z.string(),
    at: Time,
  }),
]);
export type ScheduleActivity = z.infer<typeof ScheduleActivity>;

/**
 * The record of a schedule, which is the authority: every slot before `next` is settled for good, whatever becomes of
 * BullMQ's scheduler or of the jobs. `line` are slots that wait for the last job (overlap `queue`), `open` the newest
 * jobs that have not ended, `failures` the jobs that failed in a row, each once.
 */
export const ScheduleState = z.object({
  id: z.string(),
  tenant: z.string(),
  user: z.string(),
  /** The conversation that every job continues; absent: each starts one. */
  conversation: z.string().optional(),
  /** The name of the agent that its job names. */
  agent: z.string().optional(),
  revision: z.int().nonnegative(),
  createdAt: Time,
  updatedAt: Time,
  timing: ScheduleTiming,
  overlap: Overlap,
  activity: ScheduleActivity,
  next: Time.nullable(),
  lastSlot: z.object({ at: Time, outcome: SlotOutcome }).optional(),
  lastJob: z.string().optional(),
  open: z.array(z.string()),
  line: z.array(Time),
  failures: z.array(z.string()),
});
export type ScheduleState = z.infer<typeof ScheduleState>;

/**
 * What a schedule posts, every default filled in; `body` is what the client sent. With an agent each job is resolved anew,
 * with the agent as it is then and the defaults of this schedule: `request` is what it came to when this was written.
 */
export const ScheduledJob = z.object({
  body: JsonObject,
  /** The span under which this was written, as `traceparent` has it: the jobs' own traces link to it. */
  trace: z.string().optional(),
  agent: AgentReference.optional(),
  defaults: z
    .object({
      connections: z.array(z.string()),
      model: z.string().optional(),
      instructions: z.string(),
    })
    .optional(),
  request: AdmittedRequest,
  limits: Limits,
  onUnknownOutcome: UnknownOutcomePolicy,
  priority: z.int().nonnegative(),
  webhook: WebhookTarget.optional(),
});
export type ScheduledJob = z.infer<typeof ScheduledJob>;
