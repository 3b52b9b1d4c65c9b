import { z } from 'zod';
import { AgentReference } from './agent.ts';
import { ToolEffect } from './job-state.ts';
import { AskedFields } from './job-request.ts';
import { Json, JsonObject } from './json.ts';
import { ShownContentPart } from './prompt-content.ts';

export const JobStatus = z.enum([
  'queued',
  'in_progress',
  'requires_action',
  'completed',
  'incomplete',
  'failed',
  'cancelled',
  'expired',
]);
export type JobStatus = z.infer<typeof JobStatus>;

const Instant = z.iso.datetime();

const JobError = z.object({
  code: z.string(),
  message: z.string(),
  retryable: z.boolean(),
  detail: z.string().optional(),
});

export const RequiredAction = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('connect_account'),
    connection: z.string(),
    url: z.string(),
    expires_at: Instant,
  }),
  z.object({
    type: z.literal('approve_tool_calls'),
    /**
     * The page on which a person decides. It needs no API key: give it to that person only. Null for an API key without
     * the scope `approvals`.
     */
    url: z.string().nullable(),
    approvals: z.array(
      z.object({
        id: z.string(),
        tool: z.string(),
        input: JsonObject,
        effect: ToolEffect,
        expires_at: Instant,
      }),
    ),
  }),
  z.object({
    type: z.literal('resolve_tool_outcome'),
    approvals: z.array(
      z.object({ id: z.string(), tool: z.string(), input: JsonObject, effect: ToolEffect }),
    ),
  }),
]);
export type RequiredAction = z.infer<typeof RequiredAction>;

/** A job as lists and webhooks show it. */
export const Job = z.object({
  id: z.string(),
  object: z.literal('job'),
  status: JobStatus,
  sequence: z.int(),
  user: z.string(),
  conversation: z.string(),
  prompt: z.string(),
  /** The prompt's parts, where it was more than text. */
  prompt_parts: z.array(ShownContentPart).optional(),
  model: z.string(),
  connections: z.array(z.string()),
  metadata: z.record(z.string(), z.string()),
  result: z.object({ text: z.string(), json: Json.optional() }).nullable(),
  error: JobError.nullable(),
  required_action: RequiredAction.nullable(),
  stop_reason: z.string().nullable(),
  usage: z.object({
    model_calls: z.int(),
    tool_calls: z.int(),
    input_tokens: z.int(),
    output_tokens: z.int(),
    cost_usd: z.number(),
  }),
  /** What ends the job as incomplete or expired; null: no such limit. */
  limits: z.object({
    turns: z.int(),
    tool_calls: z.int(),
    tokens: z.int().nullable(),
    cost_usd: z.number().nullable(),
    deadline_seconds: z.int(),
  }),
  turns: z.int(),
  schedule: z.string().nullable(),
  /** The agent that the job works as, in the version that it was accepted with. */
  agent: AgentReference.nullable(),
  created_at: Instant,
  started_at: Instant.nullable(),
  finished_at: Instant.nullable(),
  expires_at: Instant,
});
export type Job = z.infer<typeof Job>;

/** The answer of `GET /v1/jobs/{id}`. */
export const JobDetail = Job.extend({
  /**
   * What the job's body said of itself, before its agent, the tenant and the defaults were asked: it may be posted again
   * with another prompt. No webhook. Absent where it is not known: of jobs from before it was stored.
   */
  asked: AskedFields.optional(),
});
export type JobDetail = z.infer<typeof JobDetail>;

/** Something in a request that is no error and does nothing. */
export const Warning = z.object({ path: z.string(), message: z.string() });
export type Warning = z.infer<typeof Warning>;

/** The answer of `POST /v1/jobs`. */
export const AcceptedJob = Job.extend({
  /** There, if something in the request does nothing, such as a pattern that matches no tool. */
  warnings: z.array(Warning).optional(),
});
export type AcceptedJob = z.infer<typeof AcceptedJob>;

/** The answer of every list: `next_cursor` continues after the last item, null at the end. */
function listOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    object: z.literal('list'),
    data: z.array(item),
    next_cursor: z.string().nullable(),
  });
}

export const JobList = listOf(Job);
export type JobList = z.infer<typeof JobList>;

const TurnStepResource = z.object({
  type: z.literal('turn'),
  turn: z.int(),
  status: z.enum(['ready', 'running', 'blocked', 'completed', 'failed', 'not_run']),
  model: z.string().nullable(),
  tools_loaded: z.int().nullable(),
  output: JsonObject.nullable(),
  finish_reason: z.string().nullable(),
  attempts: z.int(),
  input_tokens: z.int(),
  output_tokens: z.int(),
  cost_usd: z.number(),
  error: JobError.nullable(),
  started_at: Instant.nullable(),
  finished_at: Instant.nullable(),
});

const ToolCallResource = z.object({
  type: z.literal('tool_call'),
  turn: z.int(),
  index: z.int(),
  id: z.string(),
  tool: z.string(),
  connection: z.string(),
  status: z.enum([
    'ready',
    'running',
    'awaiting_approval',
    'awaiting_result',
    'blocked',
    'checking',
    'unknown',
    'succeeded',
    'failed',
    'refused',
    'not_run',
  ]),
  input: JsonObject.nullable(),
  output: Json.nullable(),
  attempts: z.int(),
  error: JobError.nullable(),
  /** What came back after the call's outcome had been decided without it. */
  late_outcome: z
    .object({ output: Json.nullable(), error: JobError.nullable(), at: Instant })
    .nullable(),
  started_at: Instant.nullable(),
  finished_at: Instant.nullable(),
});

/** A turn or a tool call, as `GET /v1/jobs/{id}/steps` shows it. */
export const JobStep = z.discriminatedUnion('type', [TurnStepResource, ToolCallResource]);
export type JobStep = z.infer<typeof JobStep>;

export const JobStepList = listOf(JobStep);
export type JobStepList = z.infer<typeof JobStepList>;

/** One message of a conversation, with the job that it belongs to. */
export const ConversationMessage = z.object({
  job: z.string(),
  role: z.enum(['user', 'assistant', 'tool']),
  content: z.string().nullable(),
  /** Of a prompt that was more than text. */
  parts: z.array(ShownContentPart).optional(),
  tool_calls: z
    .array(z.object({ id: z.string(), name: z.string(), arguments: z.string() }))
    .optional(),
  tool_call_id: z.string().optional(),
});
export type ConversationMessage = z.infer<typeof ConversationMessage>;

export const ConversationMessageList = listOf(ConversationMessage);
export type ConversationMessageList = z.infer<typeof ConversationMessageList>;
