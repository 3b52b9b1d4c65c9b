import type { ScheduledJob, ScheduleState } from '@pawl/contracts';
import type { Timer } from './domain/schedule.ts';

/** What the engine needs of Redis for schedules. */
export interface ScheduleStore {
  readSchedule(id: string): Promise<ScheduleState | undefined>;
  readScheduledJob(id: string): Promise<ScheduledJob | undefined>;
  /** How many schedules a tenant has. */
  countSchedules(tenant: string): Promise<number>;
  /**
   * Since when the Redis that holds the shard has been in service without an outage, in milliseconds since 1970: `now`
   * for whoever asks first after a restart. 0 where none was ever noticed.
   */
  servingSince(shard: number, now: number): Promise<number>;
}

/** Timers are hints like wakes: the sweeper puts a missing one back, and a needless one finds nothing to do. */
export interface TimerQueue {
  /**
   * Replaces the schedule's timer; null takes it away.
   *
   * @param priority of timers that are due in the same moment the lowest comes first, 1 at least
   */
  setTimer(schedule: string, timer: Timer | null, priority?: number): Promise<void>;
  /** Compares a shard's timers with the schedules that need one. */
  compareTimers(
    shard: number,
  ): Promise<{ readonly missing: readonly string[]; readonly needless: readonly string[] }>;
}
