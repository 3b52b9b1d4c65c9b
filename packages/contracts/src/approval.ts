import { z } from 'zod';
import { ToolEffect } from './job-state.ts';
import { Json, JsonObject } from './json.ts';

/**
 * What a person says of a call that waits for approval, or of one whose outcome is unknown: the body of
 * `POST /v1/approvals/{id}`.
 */
export const ApprovalDecision = z.discriminatedUnion('decision', [
  /** Its result, made by a person: it is not made; of an unknown outcome: it succeeded. */
  z.strictObject({ decision: z.literal('respond'), output: Json }),
  /** It is not made; of an unknown outcome: it failed. */
  z.strictObject({ decision: z.literal('reject'), message: z.string().min(1).max(10_000) }),
  /** Make it, with exactly these arguments; of an unknown outcome: make it again. */
  z.strictObject({ decision: z.literal('approve') }),
  /** Make it with other arguments. Only of a call that waits for approval. */
  z.strictObject({ decision: z.literal('edit'), input: JsonObject }),
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

/** What a person is asked. */
export const ApprovalType = z.enum(['approve_tool_calls', 'resolve_tool_outcome']);
export type ApprovalType = z.infer<typeof ApprovalType>;

/** A call that waits for a person, as `GET /v1/approvals` shows it. */
export const Approval = z.object({
  id: z.string(),
  object: z.literal('approval'),
  type: ApprovalType,
  status: z.enum(['pending', 'decided']),
  job: z.string(),
  user: z.string(),
  /** The agent that asks, if the job works as one. */
  agent: z.string().nullable(),
  tool: z.string(),
  connection: z.string(),
  input: JsonObject,
  /** Of the tool and exactly this input: what was approved is made with nothing else. */
  input_hash: z.string(),
  effect: ToolEffect,
  reason: z.string().nullable(),
  decision: ApprovalDecision.nullable(),
  decided_at: z.iso.datetime().nullable(),
  /** The page on which a person decides; it needs no API key. */
  url: z.string().nullable(),
  created_at: z.iso.datetime().nullable(),
  /** From then on it counts as rejected; null: it waits as long as its job. */
  expires_at: z.iso.datetime().nullable(),
});
export type Approval = z.infer<typeof Approval>;

export const ApprovalList = z.object({
  object: z.literal('list'),
  data: z.array(Approval),
  next_cursor: z.string().nullable(),
});
export type ApprovalList = z.infer<typeof ApprovalList>;
