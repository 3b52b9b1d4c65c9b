import type { RedisConnection } from '@pawl/runtime';
import { type ChangeFeed, changesOf } from './changes.ts';
import { createLogFollower, type SharedLog } from './follow-log.ts';
import { createJobEventReads, type JobEventsPiece } from './job-events.ts';
import type { Keys } from './keys.ts';
import { createTenantEventReads, type TenantEventsPiece } from './tenant-events.ts';

interface EventLogSettings {
  readonly redis: RedisConnection;
  readonly keys: Keys;
  readonly feed: ChangeFeed;
}

/** What happened to jobs, and what happens to them from now on. */
export function createEventLogs({ redis, keys, feed }: EventLogSettings) {
  const { readJobEvents } = createJobEventReads(redis, keys);
  const tenants = createTenantEventReads(redis, keys);
  const follower = createLogFollower(feed);
  return {
    /** A job's log after the event of this number. */
    followJobEvents: (id: string): Promise<SharedLog<number, JobEventsPiece | undefined>> =>
      follower.followLog({
        channels: changesOf(keys, id),
        read: (after: number) => readJobEvents(id, after),
      }),

    /** A tenant's log in one shard, read from an entry on; undefined: from the oldest that is kept. */
    followTenantEvents: (
      shard: number,
      tenant: string,
    ): Promise<SharedLog<string | undefined, TenantEventsPiece>> =>
      follower.followLog({
        channels: [keys.eventsOf(shard, tenant)],
        read: (from: string | undefined) => tenants.readTenantEvents(shard, tenant, from),
      }),

    newestTenantEntry: tenants.newestTenantEntry,
    readJobEvents,
  };
}
