import type { ScheduleState } from '@pawl/contracts';
import type { ScheduleStore } from '@pawl/engine';
import type { RedisConnection } from '@pawl/runtime';
import type { Keys } from './keys.ts';
import { decodeCursor, encodeCursor, readPlaces } from './pages.ts';

export interface ScheduleFilter {
  readonly tenant: string;
  readonly user?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface SchedulePage {
  readonly schedules: ScheduleState[];
  readonly nextCursor: string | null;
}

interface ListDependencies {
  readonly redis: RedisConnection;
  readonly keys: Keys;
  readonly shards: number;
  readonly shardOf: (owner: { tenant: string; user: string }) => number;
  readonly readSchedule: ScheduleStore['readSchedule'];
}

/** Newest first. */
export async function listSchedules(
  { redis, keys, shards, shardOf, readSchedule }: ListDependencies,
  { tenant, user, limit, cursor }: ScheduleFilter,
): Promise<SchedulePage> {
  const indexes =
    user === undefined
      ? tenantIndexes(keys, shards, tenant)
      : [keys.schedulesOfUser(shardOf({ tenant, user }), tenant, user)];
  const after = cursor === undefined ? undefined : decodeCursor(cursor);
  const places = await readPlaces(redis, indexes, after, limit);
  const found = await Promise.all(places.map(({ member }) => readSchedule(member)));
  const last = places.at(-1);
  return {
    schedules: found.flatMap((schedule) => (schedule?.tenant === tenant ? [schedule] : [])),
    nextCursor: last === undefined || places.length < limit ? null : encodeCursor(last),
  };
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
