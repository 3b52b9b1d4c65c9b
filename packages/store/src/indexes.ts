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

/** Entries of states that are the one before of a commit after they were the one behind another: see `RecentJobs`. */
const known = new WeakMap<IndexSettings, WeakMap<JobState, IndexEntry[]>>();

/** {@link jobIndexes}, reckoned once for each state. */
export function jobIndexesOf(job: JobState, settings: IndexSettings): IndexEntry[] {
  const ofSettings = known.get(settings) ?? new WeakMap<JobState, IndexEntry[]>();
  known.set(settings, ofSettings);
  const entries = ofSettings.get(job) ?? jobIndexes(job, settings);
  ofSettings.set(job, entries);
  return entries;
}

/**
 * Every index entry of a job. Indexes are a function of the state, written by the commit that writes it, so they can't
 * say anything else.
 */
export function jobIndexes(job: JobState, { keys, retention }: IndexSettings): IndexEntry[] {
  const shard = shardOfId(job.id);
  const { id: member, tenant, user } = job;
  const created = (key: string): IndexEntry => ({ key, member, score: job.createdAt });
  const sweepAt = sweepTime(job);
  return [
    created(keys.jobsOf(shard, tenant)),
    created(keys.jobsOfUser(shard, tenant, user)),
    created(keys.jobsWithStatus(shard, tenant, statusOf(job))),
    ...errorEntry(job, keys).map(created),
    ...openEntry(job, keys).map(created),
    ...parkedEntry(job, keys).map(created),
    created(keys.conversationJobs(job.conversation)),
    ...(job.schedule === undefined ? [] : [created(keys.scheduleJobs(job.schedule))]),
    ...(job.agent === undefined ? [] : [created(keys.jobsOfAgent(shard, tenant, job.agent.name))]),
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

/** Writes what has to change of the entries. */
export function writeIndexes(
  batch: WriteBatch,
  before: readonly IndexEntry[],
  after: readonly IndexEntry[],
): void {
  const { removed, added } = indexChanges(before, after);
  for (const { key, member } of removed) batch.write('ZREM', key, member);
  for (const { key, member, score } of added) batch.write('ZADD', key, score, member);
}

/** What has to be removed and added to come from one set of entries to another. */
function indexChanges(
  before: readonly IndexEntry[],
  after: readonly IndexEntry[],
): { readonly removed: IndexEntry[]; readonly added: IndexEntry[] } {
  // Most entries stay, at the same places from the beginning or the end.
  let first = 0;
  while (first < before.length && isSame(before[first], after[first])) first += 1;
  let last = 0;
  const shortest = Math.min(before.length, after.length) - first;
  while (last < shortest && isSame(before.at(-1 - last), after.at(-1 - last))) last += 1;
  const was = before.slice(first, before.length - last);
  const is = after.slice(first, after.length - last);
  const known = new Map(was.map((entry) => [nameOf(entry), entry.score]));
  const kept = new Set(is.map(nameOf));
  return {
    removed: was.filter((entry) => !kept.has(nameOf(entry))),
    added: is.filter((entry) => known.get(nameOf(entry)) !== entry.score),
  };
}

function isSame(one: IndexEntry | undefined, other: IndexEntry | undefined): boolean {
  return one?.key === other?.key && one?.member === other?.member && one?.score === other?.score;
}

function nameOf({ key, member }: IndexEntry): string {
  return `${key} ${member}`;
}
