import type { JobState } from '@pawl/contracts';
import { nextState, type Transition } from '../commit/next-state.ts';
import {
  type Conversation,
  noWaitingJobs,
  type WaitingJobs,
  type WaitingJobsChange,
} from '../domain/conversation.ts';
import type { JobIn } from '../domain/job.ts';
import type { Rules, TransitionContext } from '../domain/rules.ts';
import { freshStep } from '../job/steps.ts';
import type { ClaimName } from '../tool-call/open-claims.ts';

export type Place =
  | { readonly kind: 'starts'; readonly conversation: Conversation }
  | { readonly kind: 'lines_up'; readonly conversation: Conversation };

export type Entry = Place | { readonly kind: 'busy' } | { readonly kind: 'full' };

/** A conversation without a job, ready for its first. */
export function newConversation(
  { id, tenant, user }: Pick<Conversation, 'id' | 'tenant' | 'user'>,
  { now }: Pick<TransitionContext, 'now'>,
): Conversation {
  const line = noWaitingJobs;
  return { id, tenant, user, revision: 0, createdAt: now, active: null, line, holds: {} };
}

/** One job of a conversation runs at a time. The others wait, in the order in which they were posted. */
export function enterConversation(
  conversation: Conversation,
  { job, whenBusy }: { job: string; whenBusy: 'queue' | 'reject' | 'interrupt' },
  { rules }: Pick<TransitionContext, 'rules'>,
): Entry {
  if (conversation.active !== null) {
    if (whenBusy === 'reject') return { kind: 'busy' };
    if (isFull(conversation, rules)) return { kind: 'full' };
  }
  return joinConversation(conversation, job, whenBusy === 'interrupt' ? 'first' : 'last');
}

/** A job with a later start counts as waiting from its admission on, so there is room for it when it is due. */
export function delayInConversation(
  conversation: Conversation,
  { job }: { job: string },
  { rules }: Pick<TransitionContext, 'rules'>,
): { readonly kind: 'delayed'; readonly conversation: Conversation } | { readonly kind: 'full' } {
  if (isFull(conversation, rules)) return { kind: 'full' };
  const line = changed(conversation.line, { kind: 'delayed', job });
  return { kind: 'delayed', conversation: { ...withNextRevision(conversation), line } };
}

/** The start of a job that was delayed has come. */
export function beginInConversation(conversation: Conversation, { job }: { job: string }): Place {
  const line = changed(conversation.line, { kind: 'leaves', job });
  return joinConversation({ ...conversation, line }, job, 'last');
}

function joinConversation(conversation: Conversation, job: string, place: 'first' | 'last'): Place {
  const joined = withNextRevision(conversation);
  if (conversation.active === null) {
    return { kind: 'starts', conversation: { ...joined, active: job } };
  }
  const line = changed(conversation.line, { kind: 'enters', job, place });
  return { kind: 'lines_up', conversation: { ...joined, line } };
}

/** How many jobs may wait, whatever they wait for: every way into a conversation asks this. */
function isFull({ line }: Conversation, { waitingJobsLimit }: Rules): boolean {
  return line.count >= waitingJobsLimit;
}

function changed(
  { next, count, changes }: WaitingJobs,
  transition: WaitingJobsChange,
): WaitingJobs {
  const all = [...changes, transition];
  switch (transition.kind) {
    case 'enters':
      return {
        next: transition.place === 'first' ? transition.job : (next ?? transition.job),
        count: count + 1,
        changes: all,
      };
    case 'delayed':
      return { next, count: count + 1, changes: all };
    case 'leaves':
      return {
        next: next === transition.job ? null : next,
        count: Math.max(0, count - 1),
        changes: all,
      };
    case 'moves':
      return { next, count, changes: all };
  }
}

/**
 * The job has ended: its place goes to the next waiting job, unless calls of it are still in flight (invariant 6). A job
 * that ended while it waited is not waiting any more.
 */
export function leaveConversation(
  conversation: Conversation,
  { ended }: { ended: JobState },
  { now }: Pick<TransitionContext, 'now'>,
): Conversation {
  const left = withNextRevision(conversation);
  if (conversation.active !== ended.id) {
    return { ...left, line: changed(conversation.line, { kind: 'leaves', job: ended.id }) };
  }
  const holds = { ...conversation.holds, ...holdsOf(ended, now) };
  return passOn({ ...left, holds });
}

/**
 * The conversation goes on without its active job, which cannot be read: what that job had in flight is not known, so
 * its place is passed on only at `until`, when every call has timed out.
 */
export function leaveUnreadable(
  conversation: Conversation,
  { job, until }: { job: string; until: number },
): Conversation {
  if (conversation.active !== job) return dropFromLine(conversation, { job });
  return holdFor(withNextRevision(conversation), { job, until });
}

/** A waiting job that cannot be read waits no longer. */
export function dropFromLine(conversation: Conversation, { job }: { job: string }): Conversation {
  const line = changed(conversation.line, { kind: 'leaves', job });
  return { ...withNextRevision(conversation), line };
}

/** Keeps the conversation's place until `until`, for a job that cannot be read here. */
export function holdFor(
  conversation: Conversation,
  { job, until }: { job: string; until: number },
): Conversation {
  return { ...conversation, holds: { ...conversation.holds, [`${job} unreadable`]: until } };
}

/**
 * A claim of an ended job's call has returned, or timed out for certain. Where it held nothing any more, the
 * conversation has gone on already, and its active job stays.
 */
export function releaseClaims(
  conversation: Conversation,
  isOver: (claim: string, until: number) => boolean,
): Conversation {
  const held = Object.entries(conversation.holds);
  const left = held.filter(([claim, until]) => !isOver(claim, until));
  const released = { ...withNextRevision(conversation), holds: Object.fromEntries(left) };
  return left.length < held.length ? passOn(released) : released;
}

function passOn(conversation: Conversation): Conversation {
  if (Object.keys(conversation.holds).length > 0) return conversation;
  const { next } = conversation.line;
  if (next === null) return { ...conversation, active: null };
  const line = changed(conversation.line, { kind: 'leaves', job: next });
  return { ...conversation, active: next, line };
}

/** The job's turn in the conversation has come. */
export function startNextJob(
  job: JobIn<'lined' | 'scheduled'>,
  { now }: Pick<TransitionContext, 'now'>,
): Transition {
  return nextState(job, {
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
  {
    job: { id, startedAt },
    lastStarted,
  }: {
    readonly job: Pick<JobState, 'id' | 'startedAt'>;
    readonly lastStarted: string | undefined;
  },
  { rules }: Pick<TransitionContext, 'rules'>,
): Place | { readonly kind: 'passed' } | { readonly kind: 'full' } {
  if (conversation.active === id) {
    const holds = Object.fromEntries(
      Object.entries(conversation.holds).filter(([claim]) => !claim.startsWith(`${id} `)),
    );
    return { kind: 'starts', conversation: { ...withNextRevision(conversation), holds } };
  }
  const hasStarted = startedAt !== undefined;
  if (hasStarted && (conversation.active !== null || lastStarted !== id)) return { kind: 'passed' };
  if (conversation.active !== null && isFull(conversation, rules)) return { kind: 'full' };
  return joinConversation(conversation, id, 'last');
}

/** The same conversation with the next revision: whoever writes to it at the same time has its commit refused. */
export function withNextRevision(conversation: Conversation): Conversation {
  return { ...conversation, revision: conversation.revision + 1 };
}

/** The name of a claim in a conversation's holds. */
export function inFlightClaimName(job: string, { turn, index, epoch }: ClaimName): string {
  return `${job} ${turn} ${index} ${epoch}`;
}

/** The claims that may still be in flight, each with the time at which it can't be any more. */
function holdsOf({ id, claims }: JobState, now: number): Record<string, number> {
  const inFlight = claims.filter(({ until }) => until > now);
  return Object.fromEntries(inFlight.map((claim) => [inFlightClaimName(id, claim), claim.until]));
}
