import { shardOfId, type JobStatus } from '@pawl/contracts';
import { statusOf, type JobParts } from '@pawl/engine';
import type { RedisConnection } from '@pawl/runtime';
import type { Keys } from './keys.ts';
import { readPage, type Selection } from './pages.ts';

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

/** Newest first. Which jobs match is told by the indexes alone: only those of the page are read. */
export async function listJobs(
  dependencies: ListDependencies,
  filter: JobFilter,
): Promise<JobPage> {
  const { redis, readJobParts } = dependencies;
  const { items, nextCursor } = await readPage(
    redis,
    selectionOf(dependencies, filter),
    filter,
    async (id) => {
      const parts = await readJobParts(id);
      return parts !== undefined && matches(parts, filter) ? parts : undefined;
    },
  );
  return { jobs: items, nextCursor };
}

/** The narrowest index that the filter names, and the others in the same shard. */
function selectionOf({ keys, shards, shardOf }: ListDependencies, filter: JobFilter): Selection {
  const { tenant, user, conversation, schedule, status } = filter;
  const named = schedule ?? conversation;
  if (named === undefined && user === undefined) {
    const indexes = Array.from({ length: shards }, (_, shard) =>
      status === undefined
        ? keys.jobsOf(shard, tenant)
        : keys.jobsWithStatus(shard, tenant, status),
    );
    return { indexes, filters: [] };
  }
  const shard = named === undefined ? shardOf({ tenant, user: user ?? '' }) : shardOfId(named);
  if (shard >= shards) return { indexes: [], filters: [] };
  // What is named stands in another shard than this: no job can match.
  if (conversation !== undefined && shardOfId(conversation) !== shard) {
    return { indexes: [], filters: [] };
  }
  const [index, ...filters] = [
    ...(schedule === undefined ? [] : [keys.scheduleJobs(schedule)]),
    ...(conversation === undefined ? [] : [keys.conversationJobs(conversation)]),
    ...(user === undefined ? [] : [keys.jobsOfUser(shard, tenant, user)]),
    ...(status === undefined ? [] : [keys.jobsWithStatus(shard, tenant, status)]),
  ];
  return { indexes: index === undefined ? [] : [index], filters };
}

/** It may have moved on since its indexes were read. */
function matches({ job }: JobParts, { tenant, status }: JobFilter): boolean {
  return job.tenant === tenant && (status === undefined || statusOf(job) === status);
}
