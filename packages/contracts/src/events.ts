import { z } from 'zod';
import { Job } from './job-resource.ts';

/** What happened to a job, in the order of its sequence. Stored by the commit that made it so. */
export const JobEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('job.queued') }),
  z.object({ type: z.literal('job.started') }),
  z.object({ type: z.literal('turn.started'), turn: z.int(), attempt: z.int() }),
  /** It is made again from `retry_at` on. The last failure of a turn ends the job: `job.failed`. */
  z.object({
    type: z.literal('turn.attempt_failed'),
    turn: z.int(),
    attempt: z.int(),
    code: z.string(),
    retry_at: z.iso.datetime(),
  }),
  z.object({ type: z.literal('turn.completed'), turn: z.int(), tool_calls: z.int() }),
  z.object({
    type: z.literal('tool_call.started'),
    turn: z.int(),
    index: z.int(),
    tool: z.string(),
    attempt: z.int(),
  }),
  /** The call was not made, and is tried again from `retry_at` on. */
  z.object({
    type: z.literal('tool_call.attempt_failed'),
    turn: z.int(),
    index: z.int(),
    tool: z.string(),
    attempt: z.int(),
    code: z.string(),
    retry_at: z.iso.datetime(),
  }),
  z.object({
    type: z.literal('tool_call.completed'),
    turn: z.int(),
    index: z.int(),
    tool: z.string(),
  }),
  z.object({
    type: z.literal('tool_call.failed'),
    turn: z.int(),
    index: z.int(),
    tool: z.string(),
    code: z.string(),
  }),
  z.object({ type: z.literal('job.requires_action'), action: z.string() }),
  z.object({ type: z.literal('job.resumed') }),
  z.object({ type: z.literal('job.completed') }),
  z.object({ type: z.literal('job.incomplete'), stop_reason: z.string() }),
  z.object({ type: z.literal('job.failed'), code: z.string() }),
  z.object({ type: z.literal('job.cancelled'), by: z.string() }),
  z.object({ type: z.literal('job.expired') }),
]);
export type JobEvent = z.infer<typeof JobEvent>;

/** An event in a log: `at` is the time of its commit. Events of newer versions are passed on as they are. */
export const StoredEvent = z.looseObject({ type: z.string(), at: z.int().nonnegative() });
export type StoredEvent = z.infer<typeof StoredEvent>;

/** Whom an event concerns: what the events of a tenant are filtered by. */
export const EventSubject = z.object({
  job: z.string(),
  user: z.string(),
  conversation: z.string(),
  schedule: z.string().nullable(),
  /** The name of its agent; absent in what versions before agents have written. */
  agent: z.string().nullable().default(null),
});
export type EventSubject = z.infer<typeof EventSubject>;

const Envelope = EventSubject.extend({
  /** Counts the events of the job from 1 on, without gaps. With `job` it names the event. */
  id: z.int().positive(),
  object: z.literal('event'),
  created_at: z.iso.datetime(),
});

/** One event of a job, as `GET /v1/jobs/{id}/events` and `GET /v1/events` send it: the SSE field `event` is its `type`. */
export type Event = z.infer<typeof Envelope> & JobEvent;
export const Event = z.union(
  JobEvent.options.map((option) => option.extend(Envelope.shape)),
) as unknown as z.ZodType<Event>;

/**
 * A job as it is now. Sent in the place of events that are not kept any more, or that Redis has lost: the events after
 * it, which are what is kept of the log, may be older than what it shows. Its `id` is that of the last event that is
 * missing, 0 where nothing was ever kept.
 */
export const JobSnapshot = EventSubject.extend({
  id: z.int().nonnegative(),
  object: z.literal('event'),
  type: z.literal('job.snapshot'),
  created_at: z.iso.datetime(),
  data: Job,
});
export type JobSnapshot = z.infer<typeof JobSnapshot>;

/** Events of the tenant from before this one are not kept any more, and some may not have been sent: list the jobs. */
export const StreamTrimmed = z.object({ type: z.literal('stream.trimmed') });
export type StreamTrimmed = z.infer<typeof StreamTrimmed>;

/** The beginning of a tenant's events: its `id` in the stream is where a client goes on that is cut off before the next. */
export const StreamOpened = z.object({ type: z.literal('stream.opened') });
export type StreamOpened = z.infer<typeof StreamOpened>;

/**
 * With `?stream=deltas`: a piece of the model's text as it comes, not stored and without an id. `offset` is where it
 * begins in the text of this attempt (UTF-16 code units): after a disconnect the text may come from its beginning again.
 */
export const TurnDelta = z.object({
  type: z.literal('turn.delta'),
  turn: z.int(),
  attempt: z.int(),
  offset: z.int(),
  text: z.string(),
});
export type TurnDelta = z.infer<typeof TurnDelta>;

/** The attempt has failed or was given up: the text that came of it is none of the answer. */
export const TurnDiscarded = z.object({
  type: z.literal('turn.discarded'),
  turn: z.int(),
  attempt: z.int(),
});
export type TurnDiscarded = z.infer<typeof TurnDiscarded>;

/** Nothing more comes: the job has ended, and all its events were sent. */
export const StreamEnded = z.object({
  type: z.literal('stream.ended'),
  reason: z.literal('job_ended'),
});
export type StreamEnded = z.infer<typeof StreamEnded>;
