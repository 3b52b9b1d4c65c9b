import type { JobStatus } from '@pawl/contracts';
import { shardOfId } from '@pawl/contracts';
import { statusOf, type JobParts } from '@pawl/engine';
import type { RedisConnection } from '@pawl/runtime';
import type { Keys } from './keys.ts';
import { decodeCursor, encodeCursor, readPlaces } from './pages.ts';

export interface JobFilter {
  readonly tenant: string;
  readonly status?: JobStatus | undefined;
  readonly user?: string | undefined;
  readonly conversation?: string | undefined;
  readonly schedule?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface JobPage {
  readonly jobs: JobParts[];
  readonly nextCursor: string | null;
}

interface ListDependencies {
  readonly redis: RedisConnection;
  readonly keys: Keys;
  readonly shards: number;
  readonly shardOf: (owner: { tenant: string; user: string }) => number;
  readonly readJobParts: (id: string) => Promise<JobParts | undefined>;
}

/** One request reads no more than this many jobs, however few of them match. */
const mostLooked = 1_000;

/** Newest first. A page may be shorter than its limit when few jobs match: the cursor says whether there are more. */
export async function listJobs(
  dependencies: ListDependencies,
  filter: JobFilter,
): Promise<JobPage> {
  const indexes = indexesFor(dependencies, filter);
  let after = filter.cursor === undefined ? undefined : decodeCursor(filter.cursor);
  const jobs: JobParts[] = [];
  let looked = 0;
  for (;;) {
    const places = await readPlaces(dependencies.redis, indexes, after, filter.limit);
    const parts = await Promise.all(
      places.map(async (place) => ({
        place,
        job: await dependencies.readJobParts(place.member),
      })),
    );
    for (const { place, job } of parts) {
      after = place;
      if (job !== undefined && matches(job, filter)) jobs.push(job);
      if (jobs.length === filter.limit) return { jobs, nextCursor: encodeCursor(place) };
    }
    if (places.length < filter.limit) return { jobs, nextCursor: null };
    looked += places.length;
    if (looked >= mostLooked && after !== undefined)
      return { jobs, nextCursor: encodeCursor(after) };
  }
}

/** The narrowest index that the filter names; the rest of the filter is applied to what it holds. */
function indexesFor({ keys, shards, shardOf }: ListDependencies, filter: JobFilter): string[] {
  const { tenant, user, conversation, schedule, status } = filter;
  if (schedule !== undefined) {
    return shardOfId(schedule) < shards ? [keys.scheduleJobs(schedule)] : [];
  }
  if (conversation !== undefined) {
    return shardOfId(conversation) < shards ? [keys.conversationJobs(conversation)] : [];
  }
  if (user !== undefined) return [keys.jobsOfUser(shardOf({ tenant, user }), tenant, user)];
  return Array.from({ length: shards }, (_, shard) =>
    status === undefined ? keys.jobsOf(shard, tenant) : keys.jobsWithStatus(shard, tenant, status),
  );
}

function matches({ job }: JobParts, filter: JobFilter): boolean {
  return (
    job.tenant === filter.tenant &&
    (filter.user === undefined || job.user === filter.user) &&
    (filter.conversation === undefined || job.conversation === filter.conversation) &&
    (filter.schedule === undefined || job.schedule === filter.schedule) &&
    (filter.status === undefined || statusOf(job) === filter.status)
  );
}
