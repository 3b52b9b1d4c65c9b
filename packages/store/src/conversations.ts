import { ConversationState } from '@pawl/contracts';
import {
  type Conversation,
  type ConversationWrite,
  noWaitingJobs,
  type WaitingJobs,
  type WaitingJobsChange,
} from '@pawl/engine';
import type { RedisConnection } from '@pawl/runtime';
import { z } from 'zod';
import { conversationIndexes, type IndexSettings, writeIndexes } from './indexes.ts';
import type { JoinedReads } from './joined-reads.ts';
import type { Keys } from './keys.ts';
import { loadScript, runScript } from './script.ts';
import { formatStored, parseStored } from './record-format.ts';
import type { WriteBatch } from './write-batch.ts';

/** The revision also fences the line: nothing changes it but commits that raise the revision. */
export function fenceConversation(
  batch: WriteBatch,
  { before, after }: ConversationWrite,
  { keys }: IndexSettings,
): void {
  const expected = before === null ? null : String(before.revision);
  batch.fence(keys.conversation(after.id), 'revision', expected);
}

export function writeConversation(
  batch: WriteBatch,
  { before, after }: ConversationWrite,
  settings: IndexSettings,
): void {
  const { keys } = settings;
  for (const change of after.line.changes) writeLineChange(batch, after, change, keys);
  const { line, ...state } = after;
  const stored = mayWait(before, line.changes) ? state : { line: [], ...state };
  const text = formatStored(ConversationState, stored, `conversation ${after.id}`);
  batch.write('HSET', keys.conversation(after.id), 'revision', after.revision, 'state', text);
  const indexes = (conversation: Conversation | null) =>
    conversation === null ? [] : conversationIndexes(conversation, settings);
  writeIndexes(batch, indexes(before), indexes(after));
}

/**
 * Whether somebody may wait after the commit. An empty `line` in the state saves the next reader a look, and says to
 * versions from before the line was a structure of its own that they may go on: so it has to be true for certain.
 */
function mayWait(before: Conversation | null, changes: readonly WaitingJobsChange[]): boolean {
  return (before?.line.count ?? 0) > 0 || changes.some(({ kind }) => kind !== 'leaves');
}

/**
 * A place is the revision of the commit that gave it, below zero for those that go first. One commit lets one job enter
 * at most, so no two places are the same. What older versions kept in the state stands between the two.
 */
function writeLineChange(
  batch: WriteBatch,
  { id, revision }: Conversation,
  change: WaitingJobsChange,
  keys: Keys,
): void {
  switch (change.kind) {
    case 'enters': {
      const place = change.place === 'first' ? -revision : revision;
      batch.write('ZADD', keys.line(id), place, change.job);
      return;
    }
    case 'delayed':
      batch.write('SADD', keys.delayedJobs(id), change.job);
      return;
    case 'leaves':
      batch.write('ZREM', keys.line(id), change.job);
      batch.write('SREM', keys.delayedJobs(id), change.job);
      return;
    case 'moves': {
      const places = change.jobs.flatMap((job, index) => [index / change.jobs.length, job]);
      batch.write('ZADD', keys.line(id), ...places);
    }
  }
}

const startedJobsScript = loadScript('read-started-jobs');
const JobIds = z.array(z.string()).nullable();

export interface StartedJobsPiece {
  /** `before`: the jobs right before this one. `from`: this one and those after it. `after`: those after it. */
  readonly where: 'before' | 'from' | 'after';
  /** Undefined: from the beginning on, or the last ones `before` the end. */
  readonly job: string | undefined;
  readonly limit: number;
}

/** Reads of conversations. */
export function createConversationReads(redis: RedisConnection, joined: JoinedReads, keys: Keys) {
  async function readState(id: string): Promise<ConversationState | undefined> {
    const text = await joined.hget(keys.conversation(id), 'state');
    return text === null ? undefined : parseStored(ConversationState, text, `conversation ${id}`);
  }

  /** Read after the state: should a commit fall in between, the state's revision is an old one, and fences it off. */
  async function readLine(id: string): Promise<WaitingJobs> {
    const [first, inLine, delayed] = await Promise.all([
      redis.zrange(keys.line(id), '0', '0'),
      redis.zcard(keys.line(id)),
      redis.scard(keys.delayedJobs(id)),
    ]);
    return { next: first[0] ?? null, count: inLine + delayed, changes: [] };
  }

  return {
    readConversationState: readState,

    async readConversation(id: string): Promise<Conversation | undefined> {
      const stored = await readState(id);
      if (stored === undefined) return undefined;
      const { line, ...state } = stored;
      return { line: line === undefined ? await readLine(id) : lineInState(line), ...state };
    },

    async lastStartedJob(conversation: string): Promise<string | undefined> {
      return (await redis.lindex(keys.startedJobs(conversation), -1)) ?? undefined;
    },

    /** A piece of the conversation's started jobs, oldest first; undefined when the job is not among them. */
    async startedJobs(
      conversation: string,
      { where, job = '', limit }: StartedJobsPiece,
    ): Promise<string[] | undefined> {
      if (where === 'before' && job === '') {
        return joined.lrange(keys.startedJobs(conversation), -limit, -1);
      }
      const names = [keys.startedJobs(conversation)];
      const found = await runScript(redis, startedJobsScript, names, [where, job, limit]);
      return JobIds.parse(found) ?? undefined;
    },
  };
}

/** Nobody waits, or those do that an older version kept in the state: the next commit moves them over. */
function lineInState(jobs: readonly string[]): WaitingJobs {
  const [next] = jobs;
  return next === undefined
    ? noWaitingJobs
    : { next, count: jobs.length, changes: [{ kind: 'moves', jobs }] };
}
