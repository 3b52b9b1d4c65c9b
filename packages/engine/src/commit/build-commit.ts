import {
  inFlightClaimName,
  leaveConversation,
  releaseClaims,
} from '../conversation/conversation.ts';
import { type Passed, startNext } from '../conversation/start-next.ts';
import type { Conversation } from '../domain/conversation.ts';
import type { Commit, ConversationWrite, JobTransition, LateWrite } from '../domain/commit.ts';
import { scheduleDeliveries, scheduleWrites } from '../schedule/job-ends.ts';
import { jobDeliveries } from '../webhook/event-deliveries.ts';
import { contextOf, type Engine } from './engine.ts';

/** What a command has decided: {@link buildCommit} adds what follows from it. */
export type Decided = Partial<Omit<Commit, 'at' | 'deliveries'>>;

/** The conversation of the job, as it was read before the decision: its fence finds whether it has changed since. */
export type ConversationAhead = Promise<Conversation | undefined> | undefined;

/**
 * The whole commit of what a command has decided. What follows from a decision is added here, and nowhere else:
 *
 * 1. A job that ends leaves its conversation; the claim of an ended job that reports holds it no longer.
 * 2. A conversation that passes to another job starts it.
 * 3. A schedule learns that one of its jobs has ended or was opened again.
 * 4. Whoever subscribed to what happens gets webhooks.
 *
 * Undefined: the next job of the conversation has moved on meanwhile, so decide anew.
 */
export async function buildCommit(
  engine: Engine,
  decided: Decided,
  ahead?: ConversationAhead,
): Promise<Commit | undefined> {
  const at = engine.now();
  const passed = await passOn(engine, decided, ahead);
  if (passed === undefined) return undefined;
  const jobs = [...(decided.jobs ?? []), ...passed.started];
  const schedules = [...(decided.schedules ?? []), ...(await scheduleWrites(engine, jobs, at))];
  const deliveries = [
    ...(await jobDeliveries(engine, jobs, at)),
    ...(await scheduleDeliveries(engine, { schedules, jobs }, at)),
  ];
  const conversation =
    passed.conversation === undefined ? {} : { conversation: passed.conversation };
  return { at, deliveries, ...decided, ...conversation, jobs, schedules };
}

/** Parts 1 and 2. */
async function passOn(
  engine: Engine,
  { jobs = [], late, ...decided }: Decided,
  ahead: ConversationAhead,
): Promise<Passed | undefined> {
  const conversation =
    decided.conversation ?? (await leave(engine, jobs, ahead)) ?? (await release(engine, late));
  if (conversation === undefined) return { started: [] };
  const { active } = conversation.after;
  const isDecided = jobs.some(({ after }) => after.id === active);
  return isDecided ? { started: [], conversation } : startNext(engine, conversation);
}

async function leave(
  engine: Engine,
  jobs: readonly JobTransition[],
  ahead: ConversationAhead,
): Promise<ConversationWrite | undefined> {
  const ended = jobs.find(({ after }) => after.phase.name === 'ended')?.after;
  if (ended === undefined) return undefined;
  const read = () => engine.store.readConversation(ended.conversation);
  const before = (await ahead?.catch(() => undefined)) ?? (await read());
  if (before === undefined) return undefined;
  return { before, after: leaveConversation(before, { ended }, contextOf(engine)) };
}

/**
 * The side record and the release of the conversation are one commit. It is fenced by the job, which may be opened
 * again meanwhile, and raises the conversation's revision, which fences whoever opens it: one of the two finds what the
 * other wrote.
 */
async function release(
  engine: Engine,
  late: LateWrite | undefined,
): Promise<ConversationWrite | undefined> {
  if (late?.claim === undefined) return undefined;
  const before = await engine.store.readConversation(late.job.conversation);
  if (before === undefined) return undefined;
  const name = inFlightClaimName(late.job.id, late.claim);
  return { before, after: releaseClaims(before, (claim) => claim === name) };
}
