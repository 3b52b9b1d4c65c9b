import type { components } from './schema.ts';

type Schemas = components['schemas'];

export type Job = Schemas['Job'];
/** The answer to a new job: with warnings about fields that had no effect. */
export type AcceptedJob = Schemas['AcceptedJob'];
/** One job by itself: with what its body asked for, where that is known. */
export type JobDetail = Schemas['JobDetail'];
export type JobRequest = Schemas['JobRequest'];
export type JobStatus = Job['status'];
export type RetryRequest = Schemas['RetryRequest'];
/** What a job needs a person for. */
export type RequiredAction = NonNullable<Job['required_action']>;
/** A turn of the model, or a tool call. */
export type JobStep = Schemas['JobStepList']['data'][number];

export type Conversation = Schemas['Conversation'];
export type ConversationMessage = Schemas['ConversationMessageList']['data'][number];

export type Agent = Schemas['Agent'];
export type AgentRequest = Schemas['AgentRequest'];
export type AgentChanges = Schemas['AgentChanges'];

export type Schedule = Schemas['Schedule'];
export type ScheduleRequest = Schemas['ScheduleRequest'];
export type ScheduleChanges = Schemas['ScheduleChanges'];
export type SchedulePreview = Schemas['SchedulePreview'];
export type SchedulePreviewRequest = Schemas['SchedulePreviewRequest'];

export type Trigger = Schemas['Trigger'];
export type TriggerRequest = Schemas['TriggerRequest'];
export type TriggerChanges = Schemas['TriggerChanges'];
/** What came to a trigger, and what became of it. */
export type TriggerEvent = Schemas['TriggerEventList']['data'][number];

export type Approval = Schemas['Approval'];
export type ApprovalDecision = Schemas['ApprovalDecision'];

export type Account = Schemas['AccountList']['data'][number];
export type AccountLink = Schemas['AccountLink'];
export type AccountLinkRequest = Schemas['AccountLinkRequest'];
export type VerifiedAccount = Schemas['VerifiedAccount'];
export type VerifyAccountRequest = Schemas['VerifyAccountRequest'];

export type Connection = Schemas['ConnectionList']['data'][number];
export type Tool = Schemas['ToolList']['data'][number];

export type Limits = Schemas['Limits'];
export type TenantLimits = Schemas['TenantLimits'];
export type Usage = Schemas['UsageList']['data'][number];

export type WebhookDelivery = Schemas['WebhookDelivery'];
/** A webhook by itself: with its body. */
export type WebhookDeliveryDetail = Schemas['WebhookDeliveryDetail'];
export type RotatedWebhookSecret = Schemas['RotatedWebhookSecret'];
export type RotateWebhookSecretRequest = Schemas['RotateWebhookSecretRequest'];

export type ApiKey = Schemas['ApiKeyList']['data'][number];
export type ApiKeyRequest = Schemas['ApiKeyRequest'];
/** A new key with its secret, which is shown once. */
export type CreatedApiKey = Schemas['CreatedApiKey'];
export type Health = Schemas['Health'];

/** What happens to a job, as it is stored. */
export type Event = Schemas['Event'];
/** What the stream of a job sends. Of `turn.delta` and `turn.discarded` only where deltas were asked for. */
export type JobStreamEvent =
  | Event
  | Schemas['JobSnapshot']
  | Schemas['TurnDelta']
  | Schemas['TurnDiscarded'];
/** What the stream of a tenant sends. */
export type TenantStreamEvent = Event | Schemas['StreamOpened'] | Schemas['StreamTrimmed'];

interface WebhookEnvelope<Type extends string, Data> {
  /** The `webhook-id`: the same however often it is sent. */
  readonly id: string;
  readonly object: 'event';
  readonly type: Type;
  readonly created_at: string;
  readonly data: Data;
}

/** The body of a webhook. */
export type WebhookEvent =
  | WebhookEnvelope<
      | 'job.completed'
      | 'job.incomplete'
      | 'job.failed'
      | 'job.cancelled'
      | 'job.expired'
      | 'job.requires_action',
      Job
    >
  | WebhookEnvelope<'schedule.disabled', Schedule>;

/** One page of a list. */
export interface Page<Item> {
  readonly object: 'list';
  readonly data: readonly Item[];
  /** Where the next page begins; null after the last one. */
  readonly next_cursor: string | null;
}

/** The error body of the API. */
export type Problem = Schemas['Problem'];
