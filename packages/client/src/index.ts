export { createPawlClient, type PawlClient } from './client.ts';
export type { Listing } from './pages.ts';
export type { Readiness } from './readiness.ts';
export {
  PawlAnswerError,
  PawlApiError,
  PawlConnectionError,
  type FieldProblem,
} from './request/errors.ts';
export type { PawlClientSettings } from './request/gateway.ts';
export type { RetrySettings } from './request/repeat.ts';
export type { CallOptions, KeyedCallOptions, OptionsOf } from './request/send.ts';
export type { GetJobOptions, StreamJobOptions } from './resources/jobs.ts';
export type { StreamEventsOptions } from './resources/tenant.ts';
export type { WaitOptions } from './resources/wait-for-job.ts';
export type { EventStream } from './stream/follow.ts';
export type {
  AcceptedJob,
  Account,
  AccountLink,
  AccountLinkRequest,
  Agent,
  AgentChanges,
  AgentRequest,
  ApiKey,
  ApiKeyRequest,
  Approval,
  ApprovalDecision,
  Connection,
  Conversation,
  ConversationMessage,
  CreatedApiKey,
  Event,
  Health,
  Job,
  JobDetail,
  JobRequest,
  JobStatus,
  JobStep,
  JobStreamEvent,
  Limits,
  Page,
  Problem,
  RequiredAction,
  RetryRequest,
  RotatedWebhookSecret,
  RotateWebhookSecretRequest,
  Schedule,
  ScheduleChanges,
  SchedulePreview,
  SchedulePreviewRequest,
  ScheduleRequest,
  TenantLimits,
  TenantStreamEvent,
  Tool,
  Trigger,
  TriggerChanges,
  TriggerEvent,
  TriggerRequest,
  Usage,
  VerifiedAccount,
  VerifyAccountRequest,
  WebhookDelivery,
  WebhookDeliveryDetail,
  WebhookEvent,
} from './types.ts';
export {
  PawlWebhookError,
  verifyWebhook,
  type VerifyWebhookOptions,
  type WebhookHeaders,
} from './webhooks/verify.ts';
