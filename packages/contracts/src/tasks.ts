import { z } from 'zod';
import { DeliveryId, JobId, ScheduleId } from './ids.ts';

/** Tasks carry ids only (invariant 9). `since` names the commit that made the step runnable. */
export const TurnTask = z.strictObject({
  kind: z.literal('turn'),
  job: JobId,
  since: z.int(),
});
export type TurnTask = z.infer<typeof TurnTask>;

export const ToolCallTask = z.strictObject({
  kind: z.literal('tool_call'),
  job: JobId,
  turn: z.int(),
  index: z.int(),
  since: z.int(),
});
export type ToolCallTask = z.infer<typeof ToolCallTask>;

/** The tasks that carry a job on. */
export type JobTask = TurnTask | ToolCallTask;

export const WebhookTask = z.strictObject({
  kind: z.literal('webhook'),
  delivery: DeliveryId,
  since: z.int(),
});
export type WebhookTask = z.infer<typeof WebhookTask>;

/** Look at the schedule's record for what is due. BullMQ's own scheduler names no commit. */
export const ScheduleTask = z.strictObject({
  kind: z.literal('schedule'),
  schedule: ScheduleId,
  since: z.int().optional(),
});
export type ScheduleTask = z.infer<typeof ScheduleTask>;

export const Task = z.discriminatedUnion('kind', [
  TurnTask,
  ToolCallTask,
  WebhookTask,
  ScheduleTask,
]);
export type Task = z.infer<typeof Task>;
