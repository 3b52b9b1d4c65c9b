import { z } from 'zod';

/** The named points of a worker, and of a gateway, at which a harness process can be ended or paused. */
export const TrapPoint = z.enum([
  'before_model_call',
  'after_model_call',
  'after_reply_commit',
  'before_tool_call',
  'after_tool_call',
  'after_outcome_commit',
  'after_admission',
]);
export type TrapPoint = z.infer<typeof TrapPoint>;

/** What happens to the process at the point: SIGKILL, SIGSTOP, or an event loop that does not turn until a file exists. */
const TrapAction = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('kill') }),
  z.strictObject({ kind: z.literal('stop') }),
  z.strictObject({ kind: z.literal('block'), until: z.string() }),
]);

/** Springs when a job comes to the point for the `occurrence`-th time in this process, or every time. */
export const Trap = z.strictObject({
  point: TrapPoint,
  /** Absent: any job. */
  job: z.string().optional(),
  occurrence: z.union([z.int().min(1), z.literal('every')]),
  action: TrapAction,
});
export type Trap = z.infer<typeof Trap>;
