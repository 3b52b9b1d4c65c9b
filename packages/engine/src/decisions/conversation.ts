import type { ConversationState, JobState } from '@pawl/contracts';
import type { Rules } from '../rules.ts';
import { change, type Change } from './change.ts';
import type { ClaimName } from './claims.ts';
import { freshStep } from './steps.ts';

export type Place =
  | { readonly kind: 'starts'; readonly conversation: ConversationState }
  | { readonly kind: 'lines_up'; readonly conversation: ConversationState };

export type Entry = Place | { readonly kind: 'busy' } | { readonly kind: 'full' };

/** One job of a conversation runs at a time; the others stand in line, in the order of their coming. */
export function enterConversation(
  conversation: ConversationState,
  job: string,
  whenBusy: 'queue' | 'reject' | 'interrupt',
  rules: Rules,
): Entry {
  if (conversation.active !== null) {
    if (whenBusy === 'reject') return { kind: 'busy' };
    if (conversation.line.length >= rules.conversationLine) return { kind: 'full' };
  }
  return joinConversation(conversation, job, whenBusy === 'interrupt' ? 'first' : 'last');
}

/** The place of a job that has been admitted: no line is too long for it. */
export function joinConversation(
  conversation: ConversationState,
  job: string,
  place: 'first' | 'last',
): Place {
  const revision = conversation.revision + 1;
  if (conversation.active === null) {
    return { kind: 'starts', conversation: { ...conversation, revision, active: job } };
  }
  const line = place === 'first' ? [job, ...conversation.line] : [...conversation.line, job];
  return { kind: 'lines_up', conversation: { ...conversation, revision, line } };
}

/**
 * The job has ended: its place goes to the next in line, unless calls of it are still in flight (invariant 6). A job
 * that ended while it stood in line leaves the line.
 */
export function leaveConversation(
  conversation: ConversationState,
  ended: JobState,
  now: number,
): ConversationState {
  const revision = conversation.revision + 1;
  if (conversation.active !== ended.id) {
    const line = conversation.line.filter((id) => id !== ended.id);
    return { ...conversation, revision, line };
  }
  const holds = { ...conversation.holds, ...holdsOf(ended, now) };
  return passOn({ ...conversation, revision, holds });
}

/** A claim of an ended job's call has returned, or timed out for certain. */
export function releaseHolds(
  conversation: ConversationState,
  isOver: (claim: string, until: number) => boolean,
): ConversationState {
  const holds = Object.fromEntries(
    Object.entries(conversation.holds).filter(([claim, until]) => !isOver(claim, until)),
  );
  return passOn({ ...conversation, revision: conversation.revision + 1, holds });
}

function passOn(conversation: ConversationState): ConversationState {
  if (Object.keys(conversation.holds).length > 0) return conversation;
  const [next = null, ...line] = conversation.line;
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
 * The place of a job that is opened again: the one that it still has, or a new one; undefined once a later job has
 * started (invariant 7). A job that goes on answers for its own calls again.
 */
export function reenterConversation(
  conversation: ConversationState,
  { id, startedAt }: Pick<JobState, 'id' | 'startedAt'>,
  started: readonly string[],
): Place | undefined {
  if (conversation.active === id) {
    const holds = Object.fromEntries(
      Object.entries(conversation.holds).filter(([claim]) => !claim.startsWith(`${id} `)),
    );
    const revision = conversation.revision + 1;
    return { kind: 'starts', conversation: { ...conversation, revision, holds } };
  }
  const hasStarted = startedAt !== undefined;
  if (hasStarted && (conversation.active !== null || started.at(-1) !== id)) return undefined;
  return joinConversation(conversation, id, 'last');
}

/** Nothing about it changes, but whoever writes to it at the same time finds that somebody was first. */
export function touched(conversation: ConversationState): ConversationState {
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
