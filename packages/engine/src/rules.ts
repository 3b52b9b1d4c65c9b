import type { TenantLimits } from '@pawl/contracts';
import { defaultWebhookRules, type WebhookRules } from './decisions/webhook-schedule.ts';

/** The numbers that decisions read. Times are milliseconds. */
export interface Rules {
  /** Reported failures of one turn after which the job fails. */
  readonly turnAttempts: number;
  /** Reported failures of one tool call after which the model is told. */
  readonly callAttempts: number;
  /** Requests of one turn that its provider may refuse by asking everybody to wait before they count as failures. */
  readonly turnPauses: number;
  /** How long a provider is paused at least and at most, and over what time turns go on after it. */
  readonly providerPause: {
    readonly shortest: number;
    readonly longest: number;
    readonly spread: number;
  };
  /** How often a job that waits for a place is looked at, should what frees one have been lost. */
  readonly placeCheckInterval: number;
  /** Claims of one step that never reported anything, after which it is set aside. */
  readonly deliveries: number;
  /** The first wait after a failure; it doubles with every further one. */
  readonly backOffBase: number;
  readonly backOffCap: number;
  /** The longest that one tool call may take: after it, nothing of it is in flight any more. */
  readonly toolTimeout: number;
  /** How often a waiting job's account is looked at, should every callback have been lost. */
  readonly accountCheckInterval: number;
  /** Jobs that may wait in one conversation's line. */
  readonly conversationLine: number;
  /** Failed jobs in a row after which a schedule stops itself. */
  readonly scheduleFailures: number;
  /** Slots of one schedule that may wait for its last job, or be made up for when no worker was there. */
  readonly scheduleLine: number;
  /** What tenants and users are limited to where the operator has set nothing for the tenant. */
  readonly limits: TenantLimits;
  readonly webhooks: WebhookRules;
}

export const defaultRules: Rules = {
  turnAttempts: 5,
  callAttempts: 4,
  turnPauses: 20,
  providerPause: { shortest: 1_000, longest: 900_000, spread: 2_000 },
  placeCheckInterval: 300_000,
  deliveries: 3,
  backOffBase: 1_000,
  backOffCap: 60_000,
  toolTimeout: 60_000,
  accountCheckInterval: 300_000,
  conversationLine: 1_000,
  scheduleFailures: 10,
  scheduleLine: 100,
  limits: { tenant: {}, user: {} },
  webhooks: defaultWebhookRules,
};
