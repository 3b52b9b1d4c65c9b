import type { JsonObject } from '@bufbuild/protobuf';
import type { Hooks } from './hooks.ts';

/** A tool call in the hands of a hook. */
export interface HookedToolCall {
  readonly tool: string;
  readonly identifier: string;
  readonly connection: string;
  readonly arguments: JsonObject;
  readonly agentRunId: string | undefined;
  readonly writes: boolean;
  readonly executionId: string;
}

/** A model call in the hands of a hook: the body as it came. */
export interface HookedModelCall {
  readonly model: string;
  readonly prompt: string;
  readonly turn: number;
  readonly body: Record<string, unknown>;
}

export interface HookedCalls {
  readonly 'tool.before_effect': HookedToolCall;
  readonly 'tool.after_effect': HookedToolCall;
  readonly 'model.before_answer': HookedModelCall;
  readonly 'model.after_answer': HookedModelCall;
}

export type SandboxHooks = Hooks<HookedCalls>;
