import type { Change } from '../decisions/change.ts';
import {
  emptyLine,
  leaveConversation,
  startFromLine,
  type Conversation,
} from '../decisions/conversation.ts';
import { deliveryWakes } from '../decisions/delivery-wakes.ts';
import { lineWakes } from '../decisions/schedule-wakes.ts';
import { needlessTasks, newWakes } from '../decisions/wakes.ts';
import type { Commit, ConversationWrite, JobWrite, Wake } from '../ports.ts';
import type { Engine } from './dependencies.ts';
import { jobDeliveries } from './event-deliveries.ts';
import { scheduleDeliveries, scheduleWrites } from './schedule-writes.ts';
import { freedPlaces, startParked } from './start-parked.ts';
import { setTimers } from './set-timers.ts';

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
    ...schedules.flatMap(({ after }) => lineWakes(after)),
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
export async function commitChange(engine: Engine, change: Change): Promise<boolean> {
  if (change.after.phase.name !== 'ended') return commitAndWake(engine, { jobs: [change] });
  const before = await engine.store.readConversation(change.after.conversation);
  if (before === undefined) return commitAndWake(engine, { jobs: [change] });
  const after = leaveConversation(before, change.after, engine.now());
  const started = await startNext(engine, { before, after });
  if (started === undefined) return false;
  return commitAndWake(engine, { jobs: [change, ...started], conversation: { before, after } });
}

/** The writes that start the job to which the conversation passes; undefined when the line has moved on meanwhile. */
export async function startNext(
  engine: Engine,
  { before, after }: ConversationWrite,
): Promise<JobWrite[] | undefined> {
  if (after.active === null || after.active === before?.active) return [];
  const next = await engine.store.readJob(after.active);
  if (next?.phase.name !== 'lined') return undefined;
  return [startFromLine(next, engine.now())];
}

/** A conversation without a job, ready for its first. */
export function newConversation(
  identity: Pick<Conversation, 'id' | 'tenant' | 'user'>,
  now: number,
): Conversation {
  return { ...identity, revision: 0, createdAt: now, active: null, line: emptyLine, holds: {} };
}
