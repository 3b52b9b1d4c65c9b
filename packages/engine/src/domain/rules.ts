import type { TenantLimits } from '@pawl/contracts';

/** Times are milliseconds. */
export interface WebhookRules {
  /** The wait before each attempt, counted from the end of the one before. */
  readonly schedule: readonly number[];
  /** A wait is longer or shorter by up to this part of itself, so that what failed together does not return together. */
  readonly jitter: number;
  /** The longest that a receiver's Retry-After is honoured. */
  readonly retryAfterCap: number;
  /** How long an attempt may take: after that, its worker must have died. */
  readonly lease: number;
  /** Deliveries of one tenant to one origin at a time, in one shard. */
  readonly originLimit: number;
}

const second = 1_000;

const minute = 60 * second;

const hour = 60 * minute;

/** The retry schedule of Standard Webhooks 1.0.0: ten attempts over three days. */
export const defaultWebhookRules: WebhookRules = {
  schedule: [
    0,
    5 * second,
    5 * minute,
    30 * minute,
    2 * hour,
    5 * hour,
    10 * hour,
    14 * hour,
    20 * hour,
    24 * hour,
  ],
  jitter: 0.1,
  retryAfterCap: 24 * hour,
  lease: 30 * second,
  originLimit: 10,
};

/** What a transition may know beside the state and its input; every transition is `(state, input, context)`. */
export interface TransitionContext {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** From 0 (inclusive) to 1 (exclusive). */
  readonly random: number;
  readonly rules: Rules;
}

/** The numbers that decisions read. Times are milliseconds. */
export interface Rules {
  /** Reported failures of one turn after which the job fails. */
  readonly turnAttempts: number;
  /** Reported failures of one tool call after which the model is told. */
  readonly callAttempts: number;
  /** How often a provider may refuse one turn by asking everybody to wait, before that counts as a failure. */
  readonly turnPauses: number;
  /** The shortest and the longest pause of a provider, and the time over which its turns start again afterwards. */
  readonly providerPause: {
    readonly shortest: number;
    readonly longest: number;
    readonly spread: number;
  };
  /** How often a job that waits for a place is looked at, in case the wake-up that a free place causes was lost. */
  readonly placeCheckInterval: number;
  /** Claims of one step that never reported anything, after which it is quarantined. */
  readonly crashLimit: number;
  /** The first wait after a failure; it doubles with every further one. */
  readonly backOffBase: number;
  readonly backOffCap: number;
  /** The longest that one tool call may take. After that time it has returned, or was cut off. */
  readonly toolTimeout: number;
  /** How often a waiting job's account is looked at, in case every callback was lost. */
  readonly accountCheckInterval: number;
  /** Jobs that may wait in one conversation's line. */
  readonly waitingJobsLimit: number;
  /** Failed jobs in a row after which a schedule stops itself. */
  readonly scheduleFailures: number;
  /** Slots of one schedule that may wait for its last job, or be made up for when no worker was there. */
  readonly waitingSlotsLimit: number;
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
  crashLimit: 3,
  backOffBase: 1_000,
  backOffCap: 60_000,
  toolTimeout: 60_000,
  accountCheckInterval: 300_000,
  waitingJobsLimit: 1_000,
  scheduleFailures: 10,
  waitingSlotsLimit: 100,
  limits: { tenant: {}, user: {} },
  webhooks: defaultWebhookRules,
};
