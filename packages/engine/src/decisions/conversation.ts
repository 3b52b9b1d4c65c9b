import type { ConversationState, JobState } from '@pawl/contracts';
import type { Rules } from '../rules.ts';
import { change, type Change } from './change.ts';
import type { ClaimName } from './claims.ts';
import { freshStep } from './steps.ts';

/**
 * A conversation as it was read, or as a commit makes it. The waiting jobs stand beside its state: a commit changes
 * them one by one, and never writes them as a whole.
 */
export interface Conversation extends Omit<ConversationState, 'line'> {
  readonly line: Line;
}

export interface Line {
  /** Who is first in line, if anybody is. Known of what was read only: one commit passes a conversation on once. */
  readonly next: string | null;
  /** How many jobs wait: in line, or for a later start. */
  readonly count: number;
  /** What the commit changes, in this order; empty in what was read. */
  readonly changes: readonly LineChange[];
}

export type LineChange =
  | { readonly kind: 'enters'; readonly job: string; readonly place: 'first' | 'last' }
  /** It waits for its start, and counts as waiting from now on. */
  | { readonly kind: 'delayed'; readonly job: string }
  | { readonly kind: 'leaves'; readonly job: string }
  /** These stood in the state of an older version, in this order. The only change that what was read may have. */
  | { readonly kind: 'moves'; readonly jobs: readonly string[] };

/** Nobody waits. */
export const emptyLine: Line = { next: null, count: 0, changes: [] };

export type Place =
  | { readonly kind: 'starts'; readonly conversation: Conversation }
  | { readonly kind: 'lines_up'; readonly conversation: Conversation };

export type Entry = Place | { readonly kind: 'busy' } | { readonly kind: 'full' };

/** One job of a conversation runs at a time; the others stand in line, in the order of their coming. */
export function enterConversation(
  conversation: Conversation,
  job: string,
  whenBusy: 'queue' | 'reject' | 'interrupt',
  rules: Rules,
): Entry {
  if (conversation.active !== null) {
    if (whenBusy === 'reject') return { kind: 'busy' };
    if (isFull(conversation, rules)) return { kind: 'full' };
  }
  return joinConversation(conversation, job, whenBusy === 'interrupt' ? 'first' : 'last');
}

/** A job with a later start counts among those that wait from its admission on: so it has a place when it is due. */
export function delayInConversation(
  conversation: Conversation,
  job: string,
  rules: Rules,
): { readonly kind: 'delayed'; readonly conversation: Conversation } | { readonly kind: 'full' } {
  if (isFull(conversation, rules)) return { kind: 'full' };
  const line = changed(conversation.line, { kind: 'delayed', job });
  return { kind: 'delayed', conversation: { ...touched(conversation), line } };
}

/** The start of a job that was delayed has come. */
export function beginInConversation(conversation: Conversation, job: string): Place {
  const line = changed(conversation.line, { kind: 'leaves', job });
  return joinConversation({ ...conversation, line }, job, 'last');
}

function joinConversation(conversation: Conversation, job: string, place: 'first' | 'last'): Place {
  const joined = touched(conversation);
  if (conversation.active === null) {
    return { kind: 'starts', conversation: { ...joined, active: job } };
  }
  const line = changed(conversation.line, { kind: 'enters', job, place });
  return { kind: 'lines_up', conversation: { ...joined, line } };
}

/** How many jobs may wait, whatever they wait for: every way into a conversation asks this. */
function isFull({ line }: Conversation, { conversationLine }: Rules): boolean {
  return line.count >= conversationLine;
}

function changed({ next, count, changes }: Line, change: LineChange): Line {
  const all = [...changes, change];
  switch (change.kind) {
    case 'enters':
      return {
        next: change.place === 'first' ? change.job : (next ?? change.job),
        count: count + 1,
        changes: all,
      };
    case 'delayed':
      return { next, count: count + 1, changes: all };
    case 'leaves':
      return {
        next: next === change.job ? null : next,
        count: Math.max(0, count - 1),
        changes: all,
      };
    case 'moves':
      return { next, count, changes: all };
  }
}

/**
 * The job has ended: its place goes to the next in line, unless calls of it are still in flight (invariant 6). A job
 * that ended while it stood in line leaves the line.
 */
export function leaveConversation(
  conversation: Conversation,
  ended: JobState,
  now: number,
): Conversation {
  const left = touched(conversation);
  if (conversation.active !== ended.id) {
    return { ...left, line: changed(conversation.line, { kind: 'leaves', job: ended.id }) };
  }
  const holds = { ...conversation.holds, ...holdsOf(ended, now) };
  return passOn({ ...left, holds });
}

/** A claim of an ended job's call has returned, or timed out for certain. */
export function releaseHolds(
  conversation: Conversation,
  isOver: (claim: string, until: number) => boolean,
): Conversation {
  const holds = Object.fromEntries(
    Object.entries(conversation.holds).filter(([claim, until]) => !isOver(claim, until)),
  );
  return passOn({ ...conversation, revision: conversation.revision + 1, holds });
}

function passOn(conversation: Conversation): Conversation {
  if (Object.keys(conversation.holds).length > 0) return conversation;
  const { next } = conversation.line;
  if (next === null) return { ...conversation, active: null };
  const line = changed(conversation.line, { kind: 'leaves', job: next });
  return { ...conversation, active: next, line };
}

/** The job's turn in the conversation has come. */
export function startFromLine(job: JobState, now: number): Change {
  if (job.phase.name !== 'lined' && job.phase.name !== 'scheduled') {
    throw new Error(`job ${job.id} does not stand in line`);
  }
  return change(job, {
    patch: { phase: { name: 'turn', step: freshStep(job.sequence + 1, now) } },
  });
}

/**
 * The place of a job that is opened again: the one that it still has, or a new one; `passed` once a later job has
 * started (invariant 7). A job that goes on answers for its own calls again.
 *
 * @param lastStarted the job of the conversation that has started last
 */
export function reenterConversation(
  conversation: Conversation,
  { id, startedAt }: Pick<JobState, 'id' | 'startedAt'>,
  { lastStarted, rules }: { readonly lastStarted: string | undefined; readonly rules: Rules },
): Place | { readonly kind: 'passed' } | { readonly kind: 'full' } {
  if (conversation.active === id) {
    const holds = Object.fromEntries(
      Object.entries(conversation.holds).filter(([claim]) => !claim.startsWith(`${id} `)),
    );
    return { kind: 'starts', conversation: { ...touched(conversation), holds } };
  }
  const hasStarted = startedAt !== undefined;
  if (hasStarted && (conversation.active !== null || lastStarted !== id)) return { kind: 'passed' };
  if (conversation.active !== null && isFull(conversation, rules)) return { kind: 'full' };
  return joinConversation(conversation, id, 'last');
}

/** Nothing about it changes, but whoever writes to it at the same time finds that somebody was first. */
export function touched(conversation: Conversation): Conversation {
  return { ...conversation, revision: conversation.revision + 1 };
}

/** The name of a claim in a conversation's holds. */
export function holdName(job: string, { turn, index, epoch }: ClaimName): string {
  return `${job} ${turn} ${index} ${epoch}`;
}

/** The claims that may still be in flight, each with the time at which it can't be any more. */
function holdsOf({ id, claims }: JobState, now: number): Record<string, number> {
  const inFlight = claims.filter(({ until }) => until > now);
  return Object.fromEntries(inFlight.map((claim) => [holdName(id, claim), claim.until]));
}
