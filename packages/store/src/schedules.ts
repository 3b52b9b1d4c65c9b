import { ScheduledJob, ScheduleState } from '@pawl/contracts';
import type { ScheduleStore } from '@pawl/engine';
import type { RedisConnection } from '@pawl/runtime';
import { z } from 'zod';
import type { Keys } from './keys.ts';
import { parseStored, StoredDataError } from './parse.ts';
import { loadScript, runScript } from './script.ts';

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
    /** The sorted set of all schedules of a shard that need a timer. */
    timedSchedules: (shard: number) => keys.timedSchedules(shard),
    /** Schedules whose slot came before `before`, and is not settled. */
    schedulesDue: (shard: number, before: number, limit: number) =>
      due(keys.timedSchedules(shard), before, limit),
    /** Schedules with a slot in line that nothing holds back. */
    schedulesInLine: (shard: number, limit: number) =>
      redis.zrange(keys.linedSchedules(shard), '0', String(limit - 1)),
    /** Index entries without a schedule behind them. */
    async forgetSchedule(shard: number, id: string): Promise<void> {
      await Promise.all(
        [keys.timedSchedules(shard), keys.linedSchedules(shard)].map((key) => redis.zrem(key, id)),
      );
    },
  };
}
