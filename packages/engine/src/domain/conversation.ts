import type { ConversationState } from '@pawl/contracts';

/**
 * A conversation as it was read, or as a commit makes it. The waiting jobs stand beside its state: a commit changes
 * them one by one, and never writes them as a whole.
 */
export interface Conversation extends Omit<ConversationState, 'line'> {
  readonly line: WaitingJobs;
}

export interface WaitingJobs {
  /** The first waiting job, if one waits. Known of what was read only: one commit passes a conversation on once. */
  readonly next: string | null;
  /** How many jobs wait: for the one that holds the conversation, or for a later start. */
  readonly count: number;
  /** What the commit changes, in this order; empty in what was read. */
  readonly changes: readonly WaitingJobsChange[];
}

export type WaitingJobsChange =
  | { readonly kind: 'enters'; readonly job: string; readonly place: 'first' | 'last' }
  /** It waits for its start, and counts as waiting from now on. */
  | { readonly kind: 'delayed'; readonly job: string }
  | { readonly kind: 'leaves'; readonly job: string }
  /** These stood in the state of an older version, in this order. The only change that what was read may have. */
  | { readonly kind: 'moves'; readonly jobs: readonly string[] };

/** Nobody waits. */
export const noWaitingJobs: WaitingJobs = { next: null, count: 0, changes: [] };
