export {
  ConversationId,
  DeliveryId,
  JobId,
  ScheduleId,
  TriggerId,
  newId,
  randomToken,
  formatId,
  shardOfId,
  type IdKind,
} from './ids.ts';
export {
  allScopes,
  ApiKeyList,
  ApiKeyName,
  ApiKeyRequest,
  ApiKeyResource,
  ApiKeyScope,
  CreatedApiKey,
  hasScope,
  RequestsPerMinute,
} from './api-key.ts';
export { HealthResource } from './health.ts';
export { ShortLivedMap, ShortLivedSet } from './short-lived.ts';
export {
  Approval,
  ApprovalDecision,
  ApprovalType,
  ApprovalId,
  ApprovalList,
  formatApprovalId,
  parseApprovalId,
  type ApprovalTarget,
} from './approval.ts';
export {
  Agent,
  AgentChanges,
  AgentDefinition,
  AgentList,
  AgentReference,
  AgentRequest,
  StoredAgent,
} from './agent.ts';
export {
  AccountLink,
  AccountLinkRequest,
  AccountList,
  AccountResource,
  AccountStatus,
  VerifiedAccount,
  VerifyAccountRequest,
} from './account.ts';
export { Json, JsonObject } from './json.ts';
export { ContentPart, Prompt, ShownContentPart } from './prompt-content.ts';
export { argumentsDepthLimit, isNestedDeeper, isTextNestedDeeper, jsonDepthLimit } from './json.ts';
export {
  AdmittedRequest,
  AskedFields,
  ApprovalPolicy,
  AgentName,
  ConnectionName,
  JobRequest,
  Limits,
  ModelName,
  RetryRequest,
  UnknownOutcomePolicy,
  User,
  type AskedUnknownOutcome,
  type JobRequestInput,
} from './job-request.ts';
export {
  ActivePhase,
  CallStep,
  CancelSource,
  ConversationState,
  Correction,
  Ending,
  Failure,
  JobState,
  type Lookup,
  MessageBudget,
  StopReason,
  OpenClaim,
  ToolCall,
  ToolEffect,
  TurnStep,
  Usage,
  type Blocked,
  type EndedPhase,
  type Ready,
  type Running,
} from './job-state.ts';
export {
  CallRecord,
  DecisionRecord,
  LateOutcome,
  OutcomeRecord,
  StepRecord,
  TurnRecord,
} from './job-step.ts';
export {
  AcceptedJob,
  Warning,
  ConversationMessage,
  ConversationMessageList,
  Job,
  JobDetail,
  JobList,
  JobStatus,
  JobStep,
  JobStepList,
  RequiredAction,
} from './job-resource.ts';
export {
  Event,
  EventSubject,
  JobEvent,
  JobSnapshot,
  StoredEvent,
  StreamEnded,
  StreamOpened,
  StreamTrimmed,
  TurnDelta,
  TurnDiscarded,
} from './events.ts';
export { defaultTenant } from './ids.ts';
export { ScheduleTask, Task, ToolCallTask, TurnTask, WebhookTask, type JobTask } from './tasks.ts';
export { PublicUrl } from './job-request.ts';
export { Problem, problems, type ProblemCode } from './problem.ts';
export {
  WebhookEvent,
  WebhookEventType,
  WebhookRequest,
  WebhookTarget,
  WebhookUrl,
} from './webhook.ts';
export {
  DeliveryPhase,
  RotatedWebhookSecret,
  WebhookAttempt,
  WebhookDelivery,
  WebhookDeliveryDetail,
  WebhookDeliveryList,
  WebhookDeliveryResource,
  WebhookDeliveryStatus,
} from './webhook-delivery.ts';
export {
  Overlap,
  ScheduleChanges,
  ScheduledJobRequest,
  SchedulePreviewRequest,
  ScheduleRequest,
  type ScheduleRequestInput,
} from './schedule-request.ts';
export {
  ScheduleActivity,
  ScheduledJob,
  ScheduleState,
  ScheduleTiming,
  SlotOutcome,
} from './schedule-state.ts';
export { Schedule, ScheduleList, SchedulePreview } from './schedule-resource.ts';
export {
  LimitScope,
  LimitsResource,
  LimitValues,
  OperatorLimits,
  ReachedLimit,
  TenantLimits,
  limitNames,
  type LimitName,
  type Standing,
  type TenantLimitsInput,
} from './tenant-limits.ts';
export { ConversationList, ConversationResource } from './conversation-resource.ts';
export { UsageList, UsageRow } from './usage.ts';
export { CallId, formatCallId, parseCallId, type CallPlace } from './tool-call-id.ts';
export {
  ConnectionList,
  ToolList,
  type ConnectionResource,
  type ListedConnection,
  type ToolResource,
} from './tool-resource.ts';
export { ToolCallResult } from './tool-call-id.ts';
export {
  TakenEvent,
  Trigger,
  TriggerChanges,
  TriggeredJobRequest,
  TriggerEvent,
  TriggerEventList,
  TriggerEventStatus,
  TriggerList,
  TriggerRequest,
  TriggerState,
  type TriggerCondition,
  type VerifyType,
} from './trigger.ts';
