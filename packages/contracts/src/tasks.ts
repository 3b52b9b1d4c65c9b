import { z } from 'zod';
import { JobId } from './ids.ts';

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

export const Task = z.discriminatedUnion('kind', [TurnTask, ToolCallTask]);
export type Task = z.infer<typeof Task>;
