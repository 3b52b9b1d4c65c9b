import { z } from 'zod';
import { ApprovalDecision } from './approval.ts';
import { Failure } from './job-state.ts';
import { Json, JsonObject } from './json.ts';

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
  /** The model that answered, by its endpoint's word. */
  model: z.string(),
  /** The model that was asked. Absent in records from before it was kept. */
  requestedModel: z.string().optional(),
  /** How many tools the job's connections had. */
  toolsLoaded: z.int(),
  attempts: z.int(),
  startedAt: Time,
  finishedAt: Time,
  inputTokens: z.int(),
  outputTokens: z.int(),
  costUsd: z.number(),
  /** What the model is told of a final answer that does not fit its `response_format`. */
  correction: z.string().optional(),
});
export type TurnRecord = z.infer<typeof TurnRecord>;

/** A tool call as the model asked for it, written with the reply. */
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
  /** True: a person has put other arguments in place of the model's. */
  edited: z.boolean().optional(),
  /** Where a person has to approve the call: the secret part of the link to the page for that. */
  link: z.string().optional(),
});
export type CallRecord = z.infer<typeof CallRecord>;

/** What came of a tool call, and what the next model call reads of it. */
export const OutcomeRecord = z.object({
  kind: z.literal('outcome'),
  turn: z.int(),
  index: z.int(),
  attempts: z.int(),
  startedAt: Time.optional(),
  finishedAt: Time,
  answer: z.union([z.object({ output: Json }), z.object({ failure: Failure })]),
});
export type OutcomeRecord = z.infer<typeof OutcomeRecord>;

/**
 * What a claim learnt too late to settle its call (invariant 5): kept for people, and for whoever opens the job again.
 * It speaks for this claim alone.
 */
export const LateOutcome = z.object({
  kind: z.literal('late_outcome'),
  turn: z.int(),
  index: z.int(),
  epoch: z.int(),
  finishedAt: Time,
  /** False: the call was provably not made, and the answer says why. */
  executed: z.boolean(),
  answer: OutcomeRecord.shape.answer,
});
export type LateOutcome = z.infer<typeof LateOutcome>;

/** What a person decided about a call: taken once. */
export const DecisionRecord = z.object({
  kind: z.literal('decision'),
  turn: z.int(),
  index: z.int(),
  epoch: z.int(),
  at: Time,
  decision: ApprovalDecision,
  /** For a call that waited for approval: the secret part of its link. Absent: its outcome was unknown. */
  link: z.string().optional(),
});
export type DecisionRecord = z.infer<typeof DecisionRecord>;

export const StepRecord = z.discriminatedUnion('kind', [
  TurnRecord,
  CallRecord,
  OutcomeRecord,
  LateOutcome,
  DecisionRecord,
]);
export type StepRecord = z.infer<typeof StepRecord>;
