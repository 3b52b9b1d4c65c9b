import { ScheduledJob, ScheduleState, shardOfId } from '@pawl/contracts';
import {
  type ScheduleStore,
  type ScheduleWrite,
  nextWaitingSlot,
  timerOf,
  StoredDataError,
} from '@pawl/engine';
import type { RedisConnection } from '@pawl/runtime';
import { z } from 'zod';
import { type IndexEntry, type IndexSettings, writeIndexes } from './indexes.ts';
import type { Keys } from './keys.ts';
import { type ListPage, readPage } from './pages.ts';
import { loadScript, runScript } from './script.ts';
import { formatStored, parseStored } from './record-format.ts';
import type { WriteBatch } from './write-batch.ts';

const servingSinceScript = loadScript('serving-since');

/** Reads of schedules, and what their firing asks of Redis itself. */
export function createSchedules(
  redis: RedisConnection,
  keys: Keys,
): Omit<ScheduleStore, 'countSchedules'> {
  return {
    async readSchedule(id) {
      const text = await redis.hget(keys.schedule(id), 'state');
      return text === null ? undefined : parseStored(ScheduleState, text, `schedule ${id}`);
    },

    async readScheduledJob(id) {
      const [revision, job] = await redis.hmget(keys.schedule(id), 'revision', 'job');
      if (typeof revision !== 'string') return undefined;
      if (typeof job !== 'string') throw new StoredDataError(`schedule ${id} posts nothing`);
      return parseStored(ScheduledJob, job, `what schedule ${id} posts`);
    },

    async servingSince(shard, now) {
      const since = await runScript(redis, servingSinceScript, [keys.serving(shard)], [now]);
      return z.coerce.number().parse(since);
    },
  };
}

/** What the sweeper reads of schedules. */
export function createScheduleSweeping(redis: RedisConnection, keys: Keys) {
  const due = (key: string, before: number, limit: number) =>
    redis.zrangebyscore(key, '-inf', before, 'LIMIT', 0, limit);
  return {
    /** Schedules whose slot came before `before`, and is not settled. */
    schedulesDue: (shard: number, before: number, limit: number) =>
      due(keys.timedSchedules(shard), before, limit),
    /** Schedules with a waiting slot that nothing holds back. */
    schedulesInLine: (shard: number, limit: number) =>
      redis.zrange(keys.linedSchedules(shard), '0', String(limit - 1)),
    /** Removes the index entries of a schedule that does not exist. */
    async forgetSchedule(shard: number, id: string): Promise<void> {
      await Promise.all(
        [keys.timedSchedules(shard), keys.linedSchedules(shard)].map((key) => redis.zrem(key, id)),
      );
    },
  };
}

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
  const { id: member, tenant, user, agent, next, createdAt, updatedAt } = schedule;
  const shard = shardOfId(member);
  const isTimed = timerOf(schedule) !== null && next !== null;
  return [
    { key: keys.schedulesOf(shard, tenant), member, score: createdAt },
    { key: keys.schedulesOfUser(shard, tenant, user), member, score: createdAt },
    ...(agent === undefined
      ? []
      : [{ key: keys.schedulesOfAgent(shard, tenant, agent), member, score: createdAt }]),
    ...(isTimed ? [{ key: keys.timedSchedules(shard), member, score: next }] : []),
    ...(nextWaitingSlot(schedule) === undefined
      ? []
      : [{ key: keys.linedSchedules(shard), member, score: updatedAt }]),
  ];
}

export interface ScheduleFilter {
  readonly tenant: string;
  readonly user?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

interface ListDependencies {
  readonly redis: RedisConnection;
  readonly keys: Keys;
  readonly shards: number;
  readonly shardOf: (owner: { tenant: string; user: string }) => number;
  readonly readSchedule: ScheduleStore['readSchedule'];
}

/** Newest first, each as `show` makes it; undefined where a schedule is not there any more. */
export async function listSchedules<Shown>(
  { redis, keys, shards, shardOf, readSchedule }: ListDependencies,
  filter: ScheduleFilter,
  show: (schedule: ScheduleState) => Promise<Shown | undefined>,
): Promise<ListPage<Shown>> {
  const { tenant, user } = filter;
  const indexes =
    user === undefined
      ? tenantIndexes(keys, shards, tenant)
      : [keys.schedulesOfUser(shardOf({ tenant, user }), tenant, user)];
  return readPage(redis, { indexes }, filter, async (id) => {
    const schedule = await readSchedule(id);
    return schedule?.tenant === tenant ? show(schedule) : undefined;
  });
}

/** A schedule whose job names the agent, if there is one. */
export async function scheduleOfAgent(
  { redis, keys, shards }: Pick<ListDependencies, 'redis' | 'keys' | 'shards'>,
  tenant: string,
  agent: string,
): Promise<string | undefined> {
  const first = (shard: number) =>
    redis.zrange(keys.schedulesOfAgent(shard, tenant, agent), '0', '0');
  const found = await Promise.all(Array.from({ length: shards }, (_, shard) => first(shard)));
  return found.flat()[0];
}

/** How many schedules a tenant has. */
export async function countSchedules(
  { redis, keys, shards }: Pick<ListDependencies, 'redis' | 'keys' | 'shards'>,
  tenant: string,
): Promise<number> {
  const indexes = tenantIndexes(keys, shards, tenant);
  const counts = await Promise.all(indexes.map((key) => redis.zcard(key)));
  return counts.reduce((sum, count) => sum + count, 0);
}

function tenantIndexes(keys: Keys, shards: number, tenant: string): string[] {
  return Array.from({ length: shards }, (_, shard) => keys.schedulesOf(shard, tenant));
}
