import type { ScheduleState } from '@pawl/contracts';
import type { ScheduleStore } from '@pawl/engine';
import type { RedisConnection } from '@pawl/runtime';
import type { Keys } from './keys.ts';
import { readPage, type ListPage } from './pages.ts';

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
  return readPage(redis, { indexes, filters: [] }, filter, async (id) => {
    const schedule = await readSchedule(id);
    return schedule?.tenant === tenant ? show(schedule) : undefined;
  });
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
