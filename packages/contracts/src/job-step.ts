import { z } from 'zod';
import { Json, JsonObject } from './json.ts';
import { Failure } from './job-state.ts';

const Time = z.int().nonnegative();

/**
 * A finished turn: the reply as it came, since unknown fields of the assistant message must survive into the next
 * request (invariant 4).
 */
export const TurnRecord = z.object({
  kind: z.literal('turn'),
  turn: z.int(),
  message: JsonObject,
  finishReason: z.string(),
  model: z.string(),
  attempts: z.int(),
  startedAt: Time,
  finishedAt: Time,
  inputTokens: z.int(),
  outputTokens: z.int(),
  costUsd: z.number(),
});
export type TurnRecord = z.infer<typeof TurnRecord>;

/** One tool call: written when the reply is stored, again when its outcome is. */
export const CallRecord = z.object({
  kind: z.literal('call'),
  turn: z.int(),
  index: z.int(),
  callId: z.string(),
  name: z.string(),
  tool: z.string(),
  connection: z.string(),
  /** The arguments as the model wrote them. */
  rawArguments: z.string(),
  /** The arguments that are sent; absent where they were not valid. */
  arguments: JsonObject.optional(),
  attempts: z.int(),
  startedAt: Time.optional(),
  finishedAt: Time.optional(),
  output: Json.optional(),
  failure: Failure.optional(),
});
export type CallRecord = z.infer<typeof CallRecord>;

export const StepRecord = z.discriminatedUnion('kind', [TurnRecord, CallRecord]);
export type StepRecord = z.infer<typeof StepRecord>;

/** The outcome of a tool call that came too late to be the call's: kept, never used. */
export const LateOutcome = z.object({
  turn: z.int(),
  index: z.int(),
  at: Time,
  output: Json.optional(),
  failure: Failure.optional(),
});
export type LateOutcome = z.infer<typeof LateOutcome>;
