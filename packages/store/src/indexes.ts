import type { JobState } from '@pawl/contracts';
import { formatApprovalId, shardOfId } from '@pawl/contracts';
import {
  asksPerson,
  awaitedConnections,
  awaitedPlace,
  statusOf,
  sweepTime,
  type Conversation,
} from '@pawl/engine';
import type { Keys } from './keys.ts';
import { earliestErasure, isCounted, type Retention } from './retention.ts';
import type { WriteBatch } from './write-batch.ts';

/** An entry of a sorted set that follows from a stored state. */
export interface IndexEntry {
  readonly key: string;
  readonly member: string;
  readonly score: number;
}

export interface IndexSettings {
  readonly keys: Keys;
  readonly retention: Retention;
}

/** Every index entry of a job. */
export function jobIndexes(job: JobState, settings: IndexSettings): IndexEntry[] {
  return [...lastingIndexes(job, settings), ...changingIndexes(job, settings)];
}

/** Entries that the first commit of a job writes: they follow from what no other one changes. */
export function lastingIndexes(job: JobState, { keys }: IndexSettings): IndexEntry[] {
  const shard = shardOfId(job.id);
  const { tenant, user, schedule, agent } = job;
  const names = [
    keys.jobsOf(shard, tenant),
    keys.jobsOfUser(shard, tenant, user),
    keys.conversationJobs(job.conversation),
    ...(schedule === undefined ? [] : [keys.scheduleJobs(schedule)]),
    ...(agent === undefined ? [] : [keys.jobsOfAgent(shard, tenant, agent.name)]),
  ];
  return names.map((key) => ({ key, member: job.id, score: job.createdAt }));
}

/**
 * Entries that follow from where a job stands. They are a function of the state, written by the commit that writes it,
 * so they can't say anything else.
 */
export function changingIndexes(job: JobState, { keys, retention }: IndexSettings): IndexEntry[] {
  const shard = shardOfId(job.id);
  const { id: member, tenant, user } = job;
  const created = (key: string): IndexEntry => ({ key, member, score: job.createdAt });
  const sweepAt = sweepTime(job);
  return [
    created(keys.jobsWithStatus(shard, tenant, statusOf(job))),
    ...errorEntry(job, keys).map(created),
    ...openEntry(job, keys).map(created),
    ...parkedEntry(job, keys).map(created),
    ...awaitedConnections(job).map((connection) =>
      created(keys.waitingFor(shard, tenant, user, connection)),
    ),
    ...approvalEntries(job, keys),
    ...(sweepAt === undefined ? [] : [{ key: keys.runnable(shard), member, score: sweepAt }]),
    job.phase.name === 'ended'
      ? { key: keys.retained(shard), member, score: earliestErasure(job.phase.at, retention) }
      : { key: keys.deadlines(shard), member, score: job.expiresAt },
  ];
}

function errorEntry(job: JobState, keys: Keys): string[] {
  if (job.phase.name !== 'ended' || job.phase.ending.status !== 'failed') return [];
  const { code } = job.phase.ending.failure;
  return [keys.jobsWithErrorCode(shardOfId(job.id), job.tenant, code)];
}

/** Of a user's jobs, those in the statuses that limits count. */
function openEntry(job: JobState, keys: Keys): string[] {
  const status = statusOf(job);
  if (status !== 'queued' && status !== 'in_progress') return [];
  return [keys.jobsOfUserWithStatus(shardOfId(job.id), job.tenant, job.user, status)];
}

function parkedEntry(job: JobState, keys: Keys): string[] {
  const { id, tenant, user } = job;
  const shard = shardOfId(id);
  switch (awaitedPlace(job)) {
    case undefined:
      return [];
    case 'tenant':
      return [keys.parked(shard, tenant)];
    case 'user':
      return [keys.parkedOfUser(shard, tenant, user)];
  }
}

function approvalEntries(job: JobState, keys: Keys): IndexEntry[] {
  if (job.phase.name !== 'calls') return [];
  const key = keys.approvals(shardOfId(job.id), job.tenant);
  return job.phase.calls.flatMap(({ step }, index) => {
    if (step.status !== 'unknown' && step.status !== 'awaiting_approval') return [];
    if (!asksPerson(step)) return [];
    const target = { job: job.id, turn: job.turn, index, epoch: step.epoch };
    return [{ key, member: formatApprovalId(target), score: step.at }];
  });
}

export function conversationIndexes(
  conversation: Conversation,
  { keys }: IndexSettings,
): IndexEntry[] {
  const { id: member, createdAt: score } = conversation;
  const listed = conversationLists(conversation, keys).map((key) => ({ key, member, score }));
  const times = Object.values(conversation.holds);
  if (times.length === 0) return listed;
  return [...listed, { key: keys.held(shardOfId(member)), member, score: Math.max(...times) }];
}

/** Where a conversation is found, for as long as it has a job. */
export function conversationLists(
  { id, tenant, user }: Pick<Conversation, 'id' | 'tenant' | 'user'>,
  keys: Keys,
): string[] {
  const shard = shardOfId(id);
  return [keys.conversationsOf(shard, tenant), keys.conversationsOfUser(shard, tenant, user)];
}

/** Something of the tenant has ended: the sweeper counts what is kept of it. */
export function noteEnded(
  batch: WriteBatch,
  { id, tenant }: { readonly id: string; readonly tenant: string },
  at: number,
  { keys, retention }: IndexSettings,
): void {
  if (isCounted(retention)) batch.write('ZADD', keys.uncounted(shardOfId(id)), at, tenant);
}

/** Writes what has to change to come from one set of entries to another. */
export function writeIndexes(
  batch: WriteBatch,
  before: readonly IndexEntry[],
  after: readonly IndexEntry[],
): void {
  for (const entry of before) {
    if (findEntry(after, entry) === undefined) batch.write('ZREM', entry.key, entry.member);
  }
  for (const entry of after) {
    const { key, member, score } = entry;
    if (findEntry(before, entry)?.score !== score) batch.write('ZADD', key, score, member);
  }
}

/** Sets are small: to look through them takes less than a table of their names. */
function findEntry(
  entries: readonly IndexEntry[],
  { key, member }: IndexEntry,
): IndexEntry | undefined {
  return entries.find((entry) => entry.member === member && entry.key === key);
}
