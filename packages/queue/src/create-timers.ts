import { shardOfId } from '@pawl/contracts';
import { nextOfTimer, type Timer, type TimerQueue } from '@pawl/engine';
import type { RedisConnection } from '@pawl/runtime';
import type { Queue, RepeatOptions } from 'bullmq';
import { backOff, catalogue } from './catalogue.ts';

/**
 * What BullMQ asks for the next time of a Job Scheduler: the engine's own function of the slots. Both producers and
 * workers are given it.
 */
export function repeatStrategy(after: number, options: RepeatOptions): number | undefined {
  const { pattern, tz, startDate, endDate } = options;
  if (pattern === undefined) return undefined;
  const timer: Timer = {
    pattern,
    ...(tz === undefined ? {} : { timezone: tz }),
    ...(startDate === undefined ? {} : { startAt: timeOf(startDate) }),
    ...(endDate === undefined ? {} : { endAt: timeOf(endDate) }),
  };
  return nextOfTimer(timer, after) ?? undefined;
}

function timeOf(date: Date | string | number): number {
  return new Date(date).getTime();
}

/** The highest number that BullMQ takes. */
const lowestPriority = 2_097_152;

interface TimerSettings {
  readonly connection: RedisConnection;
  readonly queueOf: (shard: number) => Queue;
  /** The sorted set of the schedules that need a timer. */
  readonly wantedKeyOf: (shard: number) => string;
}

/** Timers are BullMQ's Job Schedulers, one a schedule, all of them by pattern. */
export function createTimers({ connection, queueOf, wantedKeyOf }: TimerSettings): TimerQueue {
  return {
    async setTimer(schedule, timer, priority = 1) {
      const queue = queueOf(shardOfId(schedule));
      if (timer === null) {
        await queue.removeJobScheduler(schedule);
        return;
      }
      const { pattern, timezone, startAt, endAt } = timer;
      const repeat = {
        pattern,
        ...(timezone === undefined ? {} : { tz: timezone }),
        ...(startAt === undefined ? {} : { startDate: startAt }),
        ...(endAt === undefined ? {} : { endDate: endAt }),
      };
      if (endAt !== undefined && endAt < Date.now()) {
        await queue.removeJobScheduler(schedule);
        return;
      }
      await queue.upsertJobScheduler(schedule, repeat, {
        name: 'schedule',
        data: { kind: 'schedule', schedule },
        opts: {
          attempts: catalogue.schedule.attempts,
          backoff: backOff,
          removeOnComplete: true,
          removeOnFail: true,
          priority: Math.min(priority, lowestPriority),
        },
      });
    },

    async compareTimers(shard) {
      const wanted = wantedKeyOf(shard);
      const existing = queueOf(shard).toKey('repeat');
      const [missing, needless] = await Promise.all([
        connection.zdiff(2, [wanted, existing]),
        connection.zdiff(2, [existing, wanted]),
      ]);
      return { missing, needless };
    },
  };
}
