import type { CallStep, Failure, Json, JsonObject, ToolEffect, ToolCall } from '@pawl/contracts';

export interface Account {
  readonly tenant: string;
  readonly user: string;
  readonly connection: string;
}

export interface Tool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: JsonObject;
  readonly connection: string;
  /** What the tool's own metadata says of its effect, if it says anything. */
  readonly declaredEffect?: ToolEffect;
}

/** A tool under the name that the model sees: unlike `tool.name`, unique among all connections of a job. */
export interface OfferedTool {
  readonly name: string;
  readonly tool: Tool;
}

export type ToolOutcome =
  | { readonly kind: 'succeeded'; readonly output: Json }
  /** The tool answered that it failed: the model is told. */
  | { readonly kind: 'failed'; readonly failure: Failure }
  /** Provably nothing happened: the same call may be made again, writes too. */
  | { readonly kind: 'not_executed'; readonly failure: Failure; readonly retryAfter?: number }
  | { readonly kind: 'account_inactive'; readonly failure: Failure }
  /** It is being worked on there, and the outcome is told later, within so many milliseconds. */
  | { readonly kind: 'accepted'; readonly within: number }
  /** The answer was lost: it may have happened. */
  | { readonly kind: 'unknown'; readonly failure: Failure }
  /** No repetition can heal it: wrong credentials, say. */
  | { readonly kind: 'fatal'; readonly failure: Failure };

export interface ToolInvocation extends Account {
  readonly tool: string;
  readonly arguments: JsonObject;
  readonly effect: ToolEffect;
  readonly jobId: string;
  /** The same for every try of the same call, and no other's. */
  readonly callId: string;
}

/** A failed look-up at Scalekit, in terms of the job. */
export type LookupFailure =
  | { readonly kind: 'transient'; readonly failure: Failure; readonly retryAfter?: number }
  | { readonly kind: 'fatal'; readonly failure: Failure };

/** `stale`: it was found before, and could not be asked for again now. */
export type Lookup<Value> =
  | { readonly kind: 'found'; readonly value: Value; readonly stale?: true }
  | LookupFailure;

/** A call of the current turn, at its place among the others. */
export interface PlacedCall {
  readonly index: number;
  readonly call: ToolCall;
}

/** The same, with a step of this status. */
export type CallIn<Status extends CallStep['status']> = PlacedCall & {
  readonly call: { readonly step: Extract<CallStep, { status: Status }> };
};

/** A call that has no outcome yet. */
export type UnsettledCall = CallIn<Exclude<CallStep['status'], 'settled'>>;

export function isUnsettled(placed: PlacedCall): placed is UnsettledCall {
  return placed.call.step.status !== 'settled';
}

export function isCallIn<Status extends CallStep['status']>(
  placed: PlacedCall,
  status: Status,
): placed is CallIn<Status> {
  return placed.call.step.status === status;
}
