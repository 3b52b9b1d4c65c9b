import { z } from 'zod';

/** What happened to a job, in the order of its sequence. Stored by the commit that made it so. */
export const JobEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('job.queued') }),
  z.object({ type: z.literal('job.started') }),
  z.object({ type: z.literal('turn.started'), turn: z.int(), attempt: z.int() }),
  z.object({ type: z.literal('turn.completed'), turn: z.int(), tool_calls: z.int() }),
  z.object({
    type: z.literal('tool_call.started'),
    turn: z.int(),
    index: z.int(),
    tool: z.string(),
    attempt: z.int(),
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
