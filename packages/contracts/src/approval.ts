import { z } from 'zod';
import { ToolEffect } from './job-state.ts';
import { Json, JsonObject } from './json.ts';

/** What a person says of a call whose outcome is unknown: the body of `POST /v1/approvals/{id}`. */
export const ApprovalDecision = z.discriminatedUnion('decision', [
  /** It succeeded, and this is its result. */
  z.strictObject({ decision: z.literal('respond'), output: Json }),
  /** It failed. */
  z.strictObject({ decision: z.literal('reject'), message: z.string().min(1).max(10_000) }),
  /** Make it again. */
  z.strictObject({ decision: z.literal('approve') }),
]);
export type ApprovalDecision = z.infer<typeof ApprovalDecision>;

/** Names one call of one job, as claimed by one worker: a decision is bound to it. */
export const ApprovalId = z
  .string()
  .regex(/^apr_\d{1,4}_[0-9A-Za-z-]{1,64}-\d+-\d+-\d+$/, 'must be an id that starts with apr_');

export interface ApprovalTarget {
  readonly job: string;
  readonly turn: number;
  readonly index: number;
  readonly epoch: number;
}

export function formatApprovalId({ job, turn, index, epoch }: ApprovalTarget): string {
  return `${job.replace(/^job_/, 'apr_')}-${turn}-${index}-${epoch}`;
}

/** The call that an approval is about. Throws on text that is not an {@link ApprovalId}. */
export function parseApprovalId(id: string): ApprovalTarget {
  const [, place, turn, index, epoch] = /^apr_(.+)-(\d+)-(\d+)-(\d+)$/.exec(id) ?? [];
  if (place === undefined) throw new Error(`not an approval id: ${id.slice(0, 100)}`);
  return {
    job: `job_${place}`,
    turn: Number(turn),
    index: Number(index),
    epoch: Number(epoch),
  };
}

/** A call that waits for a person, as `GET /v1/approvals` shows it. */
export const Approval = z.object({
  id: z.string(),
  object: z.literal('approval'),
  type: z.literal('resolve_tool_outcome'),
  status: z.enum(['pending', 'decided']),
  job: z.string(),
  tool: z.string(),
  connection: z.string(),
  input: JsonObject,
  effect: ToolEffect,
  reason: z.string().nullable(),
  decision: ApprovalDecision.nullable(),
  created_at: z.iso.datetime().nullable(),
});
export type Approval = z.infer<typeof Approval>;

export const ApprovalList = z.object({
  object: z.literal('list'),
  data: z.array(Approval),
  next_cursor: z.string().nullable(),
});
export type ApprovalList = z.infer<typeof ApprovalList>;
