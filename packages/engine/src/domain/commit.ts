import type {
  AdmittedRequest,
  JobEvent,
  JobState,
  LateOutcome,
  OpenClaim,
  StepRecord,
  ScheduledJob,
  ScheduleState,
} from '@pawl/contracts';
import type { Conversation } from './conversation.ts';
import type { JobResult } from './job.ts';
import type { AdmissionBounds } from './tenant.ts';
import type { NewDelivery } from './webhook.ts';

/** One job's part of a commit. `before` fences it: null means that the job must not exist yet. */
export interface JobTransition {
  readonly before: JobState | null;
  readonly after: JobState;
  readonly events: readonly JobEvent[];
  readonly steps: readonly StepRecord[];
  readonly request?: AdmittedRequest;
  readonly result?: JobResult;
  /** The model whose call this commit reports: what it adds to `usage` was spent on it. */
  readonly model?: string;
}

export interface ConversationWrite {
  readonly before: Conversation | null;
  readonly after: Conversation;
}

/** What a call of an ended job has learnt, if anything: kept beside the job, which is a fence and stays as it is. */
export interface LateWrite {
  readonly job: JobState;
  readonly outcome?: LateOutcome;
  /** The claim that has reported: its conversation waits for it no longer. */
  readonly claim?: Pick<OpenClaim, 'turn' | 'index' | 'epoch'>;
}

/** What a client's Idempotency-Key has made. */
export interface IdempotencyRecord {
  /** Of the request's body, whatever the order of its keys. */
  readonly bodyHash: string;
  /** The id of the job or schedule. */
  readonly made: string;
  /** What a commit under this key has to find: see {@link IdempotencyWrite}. */
  readonly replaces: string | null;
}

/**
 * The key under which a client asked for what a commit makes. It is written by that commit and by nothing else, so a
 * request that is refused, or whose gateway dies, does not use it up.
 */
export interface IdempotencyWrite extends IdempotencyRecord {
  readonly tenant: string;
  readonly key: string;
  /** Fences the commit: what the key has made before and is gone by now; null: nothing. */
  readonly replaces: string | null;
}

/** All of it is written, or none of it (invariant 2). Every part lives in one shard. */
export interface Commit {
  readonly jobs: readonly JobTransition[];
  readonly conversation?: ConversationWrite;
  readonly late?: LateWrite;
  /** With the commit that admits a job, or starts it, where limits are in force. */
  readonly admission?: AdmissionBounds | undefined;
  /** Webhooks for whoever subscribed to what this commit makes happen. */
  readonly deliveries?: readonly NewDelivery[];
  /** The records of schedules that are made, changed or erased, and of those whose jobs end or are opened again. */
  readonly schedules?: readonly ScheduleWrite[];
  readonly idempotency?: IdempotencyWrite | undefined;
  readonly at: number;
}

/** What became of a commit. */
export type CommitAnswer =
  /** `lostWake`: why its tasks could not be changed; the sweeper makes up for that. */
  | { readonly kind: 'written'; readonly lostWake?: Error }
  /** Some fence or bound did not hold, and nothing was written. */
  | { readonly kind: 'refused' }
  /** The task that was to start could not, so nothing was written. The one that ends may have given its share back. */
  | { readonly kind: 'not_started' };

/** One schedule's part of a commit. `before` fences it: null means that it must not exist yet; `after` null erases it. */
export type ScheduleWrite = {
  readonly before: ScheduleState | null;
  /** What the schedule posts, where the commit says it anew. */
  readonly job?: ScheduledJob;
} & ({ readonly after: ScheduleState } | { readonly before: ScheduleState; readonly after: null });

/** When a schedule has to be looked at, again and again: see `nextOfTimer`. Times are milliseconds since 1970. */
export interface Timer {
  /** A cron expression, or `every <seconds> from <anchor>`. */
  readonly pattern: string;
  readonly timezone?: string;
  readonly startAt?: number;
  readonly endAt?: number;
}
