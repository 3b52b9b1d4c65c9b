import { ConversationState } from '@pawl/contracts';
import type { Conversation, ConversationWrite, LineChange } from '@pawl/engine';
import { conversationIndexes, writeIndexes, type IndexSettings } from './indexes.ts';
import type { Keys } from './keys.ts';
import { formatStored } from './parse.ts';
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
  const stored = { ...state, ...(mayWait(before, line.changes) ? {} : { line: [] }) };
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
function mayWait(before: Conversation | null, changes: readonly LineChange[]): boolean {
  return (before?.line.count ?? 0) > 0 || changes.some(({ kind }) => kind !== 'leaves');
}

/**
 * A place is the revision of the commit that gave it, below zero for those that go first. One commit lets one job enter
 * at most, so no two places are the same. What older versions kept in the state stands between the two.
 */
function writeLineChange(
  batch: WriteBatch,
  { id, revision }: Conversation,
  change: LineChange,
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
