import type { JobStatus } from '@pawl/contracts';
import { shardOfId } from '@pawl/contracts';
import { statusOf, type JobParts } from '@pawl/engine';
import type { RedisConnection } from '@pawl/runtime';
import { z } from 'zod';
import type { Keys } from './keys.ts';

export class InvalidCursorError extends Error {
  override readonly name = 'InvalidCursorError';
}

export interface JobFilter {
  readonly tenant: string;
  readonly status?: JobStatus | undefined;
  readonly user?: string | undefined;
  readonly conversation?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface JobPage {
  readonly jobs: JobParts[];
  readonly nextCursor: string | null;
}

interface Place {
  readonly score: number;
  readonly member: string;
}

const Cursor = z.tuple([z.number(), z.string()]);

interface ListDependencies {
  readonly redis: RedisConnection;
  readonly keys: Keys;
  readonly shards: number;
  readonly shardOf: (owner: { tenant: string; user: string }) => number;
  readonly readJobParts: (id: string) => Promise<JobParts | undefined>;
}

/** Newest first. A page may be shorter than its limit when few jobs match: the cursor says whether there are more. */
export async function listJobs(
  dependencies: ListDependencies,
  filter: JobFilter,
): Promise<JobPage> {
  const indexes = indexesFor(dependencies, filter);
  let after = filter.cursor === undefined ? undefined : decodeCursor(filter.cursor);
  const jobs: JobParts[] = [];
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
  }
}

/** The narrowest index that the filter names; the rest of the filter is applied to what it holds. */
function indexesFor({ keys, shards, shardOf }: ListDependencies, filter: JobFilter): string[] {
  const { tenant, user, conversation, status } = filter;
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
    (filter.status === undefined || statusOf(job) === filter.status)
  );
}

async function readPlaces(
  redis: RedisConnection,
  indexes: readonly string[],
  after: Place | undefined,
  limit: number,
): Promise<Place[]> {
  const pages = await Promise.all(indexes.map((key) => readIndex(redis, key, after, limit)));
  return pages.flat().toSorted(newestFirst).slice(0, limit);
}

/** Redis orders members of one score by their bytes: places of the cursor's own score are skipped one by one. */
async function readIndex(
  redis: RedisConnection,
  key: string,
  after: Place | undefined,
  limit: number,
): Promise<Place[]> {
  const places: Place[] = [];
  const highest = after === undefined ? '+inf' : String(after.score);
  for (let offset = 0; ; offset += limit) {
    const flat = await redis.zrevrangebyscore(
      key,
      highest,
      '-inf',
      'WITHSCORES',
      'LIMIT',
      offset,
      limit,
    );
    for (let position = 0; position < flat.length; position += 2) {
      const place = { member: flat[position] ?? '', score: Number(flat[position + 1]) };
      if (after === undefined || newestFirst(after, place) < 0) places.push(place);
    }
    if (places.length >= limit || flat.length < limit * 2) return places.slice(0, limit);
  }
}

function newestFirst(one: Place, other: Place): number {
  if (one.score !== other.score) return other.score - one.score;
  if (one.member === other.member) return 0;
  return one.member < other.member ? 1 : -1;
}

function encodeCursor({ score, member }: Place): string {
  return Buffer.from(JSON.stringify([score, member])).toString('base64url');
}

function decodeCursor(text: string): Place {
  try {
    const [score, member] = Cursor.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
    return { score, member };
  } catch (error) {
    throw new InvalidCursorError('the cursor is not one of ours', { cause: error });
  }
}
