import {
  dropFromLine,
  holdFor,
  leaveConversation,
  startNextJob,
  withNextRevision,
} from '../conversation/conversation.ts';
import type { Commit, ConversationWrite, JobTransition } from '../domain/commit.ts';
import { type Conversation, noWaitingJobs } from '../domain/conversation.ts';
import { isDamagedRecord, StoredDataError } from '../domain/stored-records.ts';
import type { Wake } from '../domain/task.ts';
import { needlessTasks, newWakes } from '../job/wakes.ts';
import { scheduleDeliveries, scheduleWrites } from '../schedule/job-ends.ts';
import { waitingSlotWakes, setTimers } from '../schedule/timer.ts';
import { freedPlaces, startParked } from '../tenant/start-parked.ts';
import { deliveryWakes } from '../webhook/delivery.ts';
import { jobDeliveries } from '../webhook/event-deliveries.ts';
import { contextOf, type Engine } from './engine.ts';
import type { Transition } from './next-state.ts';

/** Commit, then wake (invariant 3). False: somebody else was first, and nothing was written. */
export async function commitAndWake(engine: Engine, commit: Omit<Commit, 'at'>): Promise<boolean> {
  const at = engine.now();
  const schedules = [
    ...(commit.schedules ?? []),
    ...(await scheduleWrites(engine, commit.jobs, at)),
  ];
  const deliveries = [
    ...(commit.deliveries ?? []),
    ...(await jobDeliveries(engine, commit.jobs, at)),
    ...(await scheduleDeliveries(engine, { schedules, jobs: commit.jobs }, at)),
  ];
  if (!(await engine.store.commit({ ...commit, deliveries, schedules, at }))) return false;
  const wakes: Wake[] = [
    ...commit.jobs.flatMap(({ before, after }) => newWakes(before, after)),
    ...deliveries.flatMap(({ delivery }) => deliveryWakes(delivery)),
    ...schedules.flatMap(({ after }) => waitingSlotWakes(after)),
  ];
  const over = commit.jobs.flatMap(({ before, after }) => needlessTasks(before, after));
  if (wakes.length + over.length > 0) {
    await engine.queue.wake(wakes, { share: engine.share, over }).catch(engine.onLostWake);
  }
  await setTimers(engine, schedules);
  for (const owner of freedPlaces(commit.jobs)) {
    await startParked(engine, owner, commitAndWake).catch(engine.onLostWake);
  }
  return true;
}

/** Commits what a decision wants. A job that ends gives its conversation to the next in line, in the same commit. */
export async function commitTransition(engine: Engine, transition: Transition): Promise<boolean> {
  if (transition.after.phase.name !== 'ended') return commitAndWake(engine, { jobs: [transition] });
  const before = await engine.store.readConversation(transition.after.conversation);
  if (before === undefined) return commitAndWake(engine, { jobs: [transition] });
  const after = leaveConversation(before, { ended: transition.after }, contextOf(engine));
  const next = await startNext(engine, { before, after });
  if (next === undefined) return false;
  const { started, conversation } = next;
  return commitAndWake(engine, { jobs: [transition, ...started], conversation });
}

export interface NextStarted {
  readonly started: readonly JobTransition[];
  /** As it was given, unless the next job cannot be read. */
  readonly conversation: ConversationWrite;
}

/** How long a conversation waits for a service that can read its next job, in milliseconds. */
const patience = 10_000;

/**
 * The writes that start the job to which the conversation passes; undefined when the line has moved on meanwhile. A
 * next job that cannot be read must not keep the one before from ending: a damaged one is passed over, one of a newer
 * version waits for a service that can read it. The sweeper looks again.
 */
export async function startNext(
  engine: Engine,
  conversation: ConversationWrite,
): Promise<NextStarted | undefined> {
  const { before, after } = conversation;
  const id = after.active;
  if (before === null || id === null || id === before.active) return { started: [], conversation };
  try {
    const next = await engine.store.readJob(id);
    if (next?.phase.name !== 'lined') return undefined;
    return { started: [startNextJob(next, contextOf(engine))], conversation };
  } catch (error) {
    if (!(error instanceof StoredDataError)) throw error;
    const left = isDamagedRecord(error)
      ? dropFromLine(before, { job: id })
      : withNextRevision(before);
    const until = engine.now() + (isDamagedRecord(error) ? 0 : patience);
    const waiting = holdFor({ ...left, holds: after.holds }, { job: id, until });
    return { started: [], conversation: { before, after: waiting } };
  }
}

/** A conversation without a job, ready for its first. */
export function newConversation(
  identity: Pick<Conversation, 'id' | 'tenant' | 'user'>,
  now: number,
): Conversation {
  return { ...identity, revision: 0, createdAt: now, active: null, line: noWaitingJobs, holds: {} };
}
