import { contextOf, type Engine } from '../commit/engine.ts';
import type { ConversationWrite, JobTransition } from '../domain/commit.ts';
import { isIn } from '../domain/job.ts';
import { isDamagedRecord, StoredDataError } from '../domain/stored-records.ts';
import { dropFromLine, holdFor, startNextJob, withNextRevision } from './conversation.ts';

export interface Passed {
  /** The job to which the conversation passes, as it starts. */
  readonly started: readonly JobTransition[];
  /** As it was given, unless the next job cannot be read. */
  readonly conversation?: ConversationWrite;
}

/** How long a conversation waits for a service that can read its next job, in milliseconds. */
const patience = 10_000;

/**
 * The writes that start the job to which the conversation passes, if it does; undefined when the line has moved on
 * meanwhile. A next job that cannot be read must not keep the one before from ending: a damaged one is passed over,
 * one of a newer version waits for a service that can read it. The sweeper looks again.
 */
export async function startNext(
  engine: Engine,
  conversation: ConversationWrite,
): Promise<Passed | undefined> {
  const { before, after } = conversation;
  const id = after.active;
  if (before === null || id === null || id === before.active) return { started: [], conversation };
  try {
    const next = await engine.store.readJob(id);
    if (next === undefined || !isIn(next, 'lined')) return undefined;
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
