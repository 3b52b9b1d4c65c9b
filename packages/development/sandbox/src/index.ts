export { startSandbox, type Sandbox, type SandboxOptions } from './start-sandbox.ts';
export { connectSandboxControl, type SandboxControlClient } from './control/control-client.ts';
export type {
  AccountName,
  ListedAccount,
  Recorded,
  RecordedEffects,
  SandboxControl,
} from './control/control.ts';
export { createEndpoint, type EndpointSettingsInput } from './model/endpoint-rules.ts';
export { oddReplyNames, type OddReplyName } from './model/odd-replies.ts';
export { parseChatRequest } from './model/check-request.ts';
export type { HookPoint } from './control/hooks.ts';
export type { Effect, ModelRequest, ToolRequest } from './control/records.ts';
export type { HookedModelCall, HookedToolCall } from './control/hooks.ts';
export type { FaultEffect, FaultInput, FaultMatch } from './faults/fault.ts';
export type { ModelFunctionScript, ModelScript, ScriptedRequest } from './model/model-scripts.ts';
export type { ModelReply, ScriptedToolCall } from './model/reply.ts';
