import type { JsonObject } from '@bufbuild/protobuf';
import type { Hooks } from './hooks.ts';

/** A tool call in the hands of a hook. */
export type HookedToolCall = {
  tool: string;
  identifier: string;
  connection: string;
  arguments: JsonObject;
  agentRunId: string | undefined;
  writes: boolean;
  executionId: string;
};

/** A model call in the hands of a hook: the body as it came. */
export type HookedModelCall = {
  model: string;
  prompt: string;
  turn: number;
  body: Record<string, unknown>;
};

export type HookedCalls = {
  'tool.before_effect': HookedToolCall;
  'tool.after_effect': HookedToolCall;
  'model.before_answer': HookedModelCall;
  'model.after_answer': HookedModelCall;
};

export type SandboxHooks = Hooks<HookedCalls>;
