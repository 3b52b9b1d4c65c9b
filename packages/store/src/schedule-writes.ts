import { ScheduledJob, ScheduleState, shardOfId } from '@pawl/contracts';
import { slotOfLine, timerOf, type ScheduleWrite } from '@pawl/engine';
import { writeIndexes, type IndexEntry, type IndexSettings } from './indexes.ts';
import { formatStored } from './parse.ts';
import type { WriteBatch } from './write-batch.ts';

/** The fence and the writes of one schedule's part of a commit. */
export function addSchedule(
  batch: WriteBatch,
  { before, after, job }: ScheduleWrite,
  settings: IndexSettings,
): void {
  const id = after?.id ?? before?.id;
  if (id === undefined) return;
  const key = settings.keys.schedule(id);
  batch.fence(key, 'revision', before === null ? null : String(before.revision));
  if (after === null) batch.write('DEL', key);
  else {
    const state = formatStored(ScheduleState, after, `schedule ${id}`);
    batch.write('HSET', key, 'revision', after.revision, 'state', state);
    if (job !== undefined) {
      batch.write('HSET', key, 'job', formatStored(ScheduledJob, job, `what schedule ${id} posts`));
    }
  }
  writeIndexes(batch, scheduleIndexes(before, settings), scheduleIndexes(after, settings));
}

function scheduleIndexes(schedule: ScheduleState | null, { keys }: IndexSettings): IndexEntry[] {
  if (schedule === null) return [];
  const { id: member, tenant, user, next, createdAt, updatedAt } = schedule;
  const shard = shardOfId(member);
  const isTimed = timerOf(schedule) !== null && next !== null;
  return [
    { key: keys.schedulesOf(shard, tenant), member, score: createdAt },
    { key: keys.schedulesOfUser(shard, tenant, user), member, score: createdAt },
    ...(isTimed ? [{ key: keys.timedSchedules(shard), member, score: next }] : []),
    ...(slotOfLine(schedule) === undefined
      ? []
      : [{ key: keys.linedSchedules(shard), member, score: updatedAt }]),
  ];
}
