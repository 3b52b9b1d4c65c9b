import { z } from 'zod';
import { AgentReference } from './agent.ts';
import { Limits, UnknownOutcomePolicy } from './job-request.ts';
import { LimitScope } from './tenant-limits.ts';
import { WebhookTarget } from './webhook.ts';

/** Times in states are milliseconds since 1970. */
const Time = z.int().nonnegative();
const Count = z.int().nonnegative();

/**
 * What a claimable step carries. `since` is the sequence of the commit that made the step runnable, and so part of
 * its task's id; `epoch` is the sequence of the newest claim, and only its claimant commits; `attempts` counts the failures
 * that were reported; `crashes` counts the claims that never reported anything.
 */
const claimable = {
  since: Count,
  epoch: Count,
  attempts: Count,
  crashes: Count,
  /** Requests of this step that its model's provider has answered by asking everybody to wait: no attempts. */
  pauses: Count.optional(),
};

export const Failure = z.object({
  code: z.string(),
  message: z.string(),
  retryable: z.boolean(),
  detail: z.string().optional(),
});
export type Failure = z.infer<typeof Failure>;

const Ready = z.object({
  status: z.literal('ready'),
  ...claimable,
  notBefore: Time,
  lastFailure: Failure.optional(),
  /** The job waits for a place among those in progress of its tenant or user; looked at again at `notBefore`. */
  placeOf: LimitScope.optional(),
});
const Running = z.object({
  status: z.literal('running'),
  ...claimable,
  startedAt: Time,
  lastFailure: Failure.optional(),
  /**
   * The tool has accepted the call of this claim, and will say later what came of it: no worker is at it. An older
   * version hands it on to later claims, so it counts for the claim that it names only.
   */
  accepted: z.object({ epoch: Count, at: Time, until: Time }).optional(),
});
const Blocked = z.object({
  status: z.literal('blocked'),
  ...claimable,
  connection: z.string(),
  /** The secret part of the link that a person opens to authorize the account. */
  link: z.string(),
  blockedAt: Time,
  checkAt: Time,
});
const Unknown = z.object({
  status: z.literal('unknown'),
  ...claimable,
  reason: z.string(),
  at: Time,
  /** Before a person is asked, a worker looks whether it happened. An older version asks at once. */
  lookup: z
    .object({
      /** As of a step: the sequence of the commit that made it due. */
      since: Count,
      /** When the call was made: what is older is no proof. */
      after: Time,
      notBefore: Time,
      attempts: Count,
    })
    .optional(),
});
/** A person has to say whether the call is made. */
const AwaitingApproval = z.object({
  status: z.literal('awaiting_approval'),
  ...claimable,
  at: Time,
  /** From then on it counts as rejected. */
  until: Time.optional(),
});
const Settled = z.object({
  status: z.literal('settled'),
  epoch: Count,
  outcome: z.enum(['succeeded', 'failed', 'refused', 'unknown']),
});

/** The step "take this turn". */
export const TurnStep = z.discriminatedUnion('status', [Ready, Running, Blocked]);
export type TurnStep = z.infer<typeof TurnStep>;

/** The step "make this tool call". */
export const CallStep = z.discriminatedUnion('status', [
  Ready,
  Running,
  Blocked,
  Unknown,
  AwaitingApproval,
  Settled,
]);
export type CallStep = z.infer<typeof CallStep>;

export type Ready = z.infer<typeof Ready>;
export type Running = z.infer<typeof Running>;
export type Blocked = z.infer<typeof Blocked>;
export type Lookup = NonNullable<z.infer<typeof Unknown>['lookup']>;

export const ToolEffect = z.enum(['reads', 'idempotent', 'writes']);
export type ToolEffect = z.infer<typeof ToolEffect>;

/** One tool call of the current turn. Its arguments and its output stand in the job's steps. */
export const ToolCall = z.object({
  callId: z.string(),
  name: z.string(),
  tool: z.string(),
  connection: z.string(),
  effect: ToolEffect,
  /**
   * True: a claim that has reported may have had its effect. It outlives every step: that a call is to be made again,
   * is waited for or was opened again says nothing of what was done before.
   */
  inDoubt: z.boolean(),
  /** How its outcome is looked up, should nobody know it; absent: it cannot be. */
  check: z
    .object({
      /** How long what was done takes to be seen, in milliseconds. */
      wait: z.number().nonnegative(),
    })
    .optional(),
  /** There, if a person has to approve the call before it is made. */
  approval: z
    .object({
      /** The secret part of the link to the page on which a person decides. */
      link: z.string(),
      /** How long one waits for a person, in milliseconds. */
      within: z.number().positive().optional(),
      /** What was approved: the call is made with arguments of this hash, and no others. */
      hash: z.string().optional(),
    })
    .optional(),
  step: CallStep,
});
export type ToolCall = z.infer<typeof ToolCall>;

/** A claim of a tool call, of the current turn or an earlier one, that has not reported. */
export const OpenClaim = z.object({
  turn: Count,
  index: Count,
  epoch: Count,
  /** By then it has returned or timed out for certain. */
  until: Time,
});
export type OpenClaim = z.infer<typeof OpenClaim>;

/** Where a job stands while it has not ended. */
export const ActivePhase = z.discriminatedUnion('name', [
  z.object({ name: z.literal('scheduled'), startAt: Time, since: Count }),
  z.object({ name: z.literal('lined') }),
  z.object({ name: z.literal('turn'), step: TurnStep }),
  z.object({ name: z.literal('calls'), calls: z.array(ToolCall).min(1) }),
]);
export type ActivePhase = z.infer<typeof ActivePhase>;

export const StopReason = z.enum([
  'turns',
  'tool_calls',
  'tokens',
  'cost',
  'output_limit',
  'content_filter',
  'budget',
  /** The model refused: the result's text is its refusal. */
  'refusal',
]);
export type StopReason = z.infer<typeof StopReason>;

/** What the model is told once in a job, before the job ends because of it. */
export const Correction = z.enum(['output_limit', 'content_filter', 'response_format']);
export type Correction = z.infer<typeof Correction>;

export const CancelSource = z.enum(['api', 'interrupt']);
export type CancelSource = z.infer<typeof CancelSource>;

/** How a job ended. A state such as "failed without an error" cannot be written. */
export const Ending = z.discriminatedUnion('status', [
  z.object({ status: z.literal('completed') }),
  z.object({ status: z.literal('incomplete'), stopReason: StopReason }),
  z.object({ status: z.literal('failed'), failure: Failure }),
  z.object({ status: z.literal('cancelled'), by: CancelSource }),
  z.object({ status: z.literal('expired') }),
]);
export type Ending = z.infer<typeof Ending>;

/** `from` is where the job stood: the history's synthetic answers and `retry` read it. */
const EndedPhase = z.object({
  name: z.literal('ended'),
  at: Time,
  ending: Ending,
  from: ActivePhase,
});
export type EndedPhase = z.infer<typeof EndedPhase>;

export const Usage = z.object({
  modelCalls: Count,
  toolCalls: Count,
  inputTokens: Count,
  outputTokens: Count,
  costUsd: z.number().nonnegative(),
});
export type Usage = z.infer<typeof Usage>;

/**
 * What a model call of a job may send once an endpoint has said that a request was too long: so many characters of
 * messages, for this one of the job's models. `trims` counts how often it was lowered.
 */
export const MessageBudget = z.object({ model: Count, characters: Count, trims: Count });
export type MessageBudget = z.infer<typeof MessageBudget>;

/** The state that decides (invariant 1). Small, since every step loads it; bulky parts stand in the job's steps. */
export const JobState = z.object({
  id: z.string(),
  tenant: z.string(),
  user: z.string(),
  conversation: z.string(),
  schedule: z.string().optional(),
  /** What its request was resolved with. */
  agent: AgentReference.optional(),
  /** The span under which it was admitted, as `traceparent` has it; absent: it is not traced. */
  trace: z.string().optional(),
  sequence: Count,
  createdAt: Time,
  startedAt: Time.optional(),
  expiresAt: Time,
  priority: Count,
  limits: Limits,
  onUnknownOutcome: UnknownOutcomePolicy,
  webhook: WebhookTarget.optional(),
  usage: Usage,
  turn: Count,
  model: Count,
  messageBudget: MessageBudget.optional(),
  /** The model that takes earlier prompts as text only, by its own refusal. */
  plainHistory: Count.optional(),
  /** What the model has been told already. */
  corrections: z.array(Correction).optional(),
  /** Oldest first: each of them may have had its effect, or have it yet. */
  claims: z.array(OpenClaim),
  phase: z.discriminatedUnion('name', [...ActivePhase.options, EndedPhase]),
});
export type JobState = z.infer<typeof JobState>;

/**
 * A conversation's state: which job holds it, and which claims of an ended job's calls are still in flight (`holds`:
 * claim → the time at which it has timed out for certain). The jobs that wait stand beside it, in structures of their
 * own. `line` is empty where nobody waits, and absent where somebody may. Records of before hold the waiting jobs
 * themselves in it.
 */
export const ConversationState = z.object({
  id: z.string(),
  tenant: z.string(),
  user: z.string(),
  revision: Count,
  createdAt: Time,
  active: z.string().nullable(),
  line: z.array(z.string()).optional(),
  holds: z.record(z.string(), Time),
});
export type ConversationState = z.infer<typeof ConversationState>;
