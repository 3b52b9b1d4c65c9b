export {
  createStore,
  type PawlStore,
  type StoreSettings,
  type TaskScript,
} from './create-store.ts';
export type { ApiKey, NewApiKey } from './api-keys.ts';
export { longestSession, type Session } from './sessions.ts';
export { createKeys, digest, type Keys } from './keys.ts';
export type { ApprovalFilter, ApprovalPage } from './list-approvals.ts';
export type { Erasable, Erasure } from './erase-jobs.ts';
export type { CountedKind, UncountedTenant } from './retention-reads.ts';
export {
  type EventRetention,
  type Retention,
  retentionSettings,
  retentionVariables,
} from './retention.ts';
export { jobWithTask, type JobWithTask } from './jobs.ts';
export type { JobFilter, JobPage } from './list-jobs.ts';
export type { TriggerLine } from './triggers.ts';
export { InvalidCursorError } from './pages.ts';
export type { OAuthState } from './oauth-states.ts';
export type { UsageFilter, UsagePage } from './usage.ts';
export type { StepPiece, StepPlace } from './read-steps.ts';
export { RecordFormatError, recordFormat } from './record-format.ts';
export { ShardCountError } from './processes.ts';
export { watchedFor, type DeltaWriter } from './deltas.ts';
export { runningReply, type WatchedReplies, type WatchedReply } from './watched-replies.ts';
export type { NumberedEvent, JobEventsPiece } from './job-events.ts';
export type { SharedLog } from './follow-log.ts';
export type { TenantEventsPiece } from './tenant-events.ts';
export type { Change, WaitOptions } from './changes.ts';
export type { DeliveryFilter, DeliveryPage } from './deliveries.ts';
export {
  createWebhookSecrets,
  EncryptionKeyMissingError,
  SecretUnreadableError,
  type RotatedSecret,
  type WebhookSecretSettings,
  type WebhookSecretStore,
} from './webhook-secrets.ts';
export { limitVariables } from './limits.ts';
export { encryptionKey } from './webhook-secrets.ts';
export { watchStorage, type StorageWatch } from './watch-storage.ts';
