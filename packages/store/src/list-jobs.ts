import { shardOfId, type JobState, type JobStatus } from '@pawl/contracts';
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
  /** The name of its agent. */
  readonly agent?: string | undefined;
  /** Each of these pairs. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** It has called this tool. */
  readonly tool?: string | undefined;
  readonly errorCode?: string | undefined;
  /** Milliseconds since 1970: created then or later. */
  readonly createdFrom?: number | undefined;
  /** Created before. */
  readonly createdTo?: number | undefined;
  /** Stands in its prompt, whatever the case, or is its id. */
  readonly text?: string | undefined;
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

/** Jobs whose prompts one request reads, however few of them match. */
const mostSearched = 1_000;

/**
 * Newest first. Which jobs match is told by the indexes alone, and only those of the page are read; a text is looked for
 * in the prompts of up to 1,000 jobs that match otherwise: the cursor goes on there.
 *
 * @throws InvalidCursorError
 */
export async function listJobs(
  dependencies: ListDependencies,
  filter: JobFilter,
): Promise<JobPage> {
  const { redis, readJobParts } = dependencies;
  const selection = selectionOf(dependencies, filter);
  const jobs: JobParts[] = [];
  let { cursor } = filter;
  for (let searched = 0; ;) {
    const limit = filter.limit - jobs.length;
    const { items, nextCursor } = await readPage(
      redis,
      selection,
      { limit, cursor },
      async (id) => {
        const parts = await readJobParts(id);
        return parts !== undefined && matches(parts, filter) ? parts : undefined;
      },
    );
    jobs.push(...items);
    searched += limit;
    const isDone = filter.text === undefined || jobs.length === filter.limit;
    if (isDone || nextCursor === null || searched >= mostSearched) return { jobs, nextCursor };
    cursor = nextCursor;
  }
}

/** The narrowest index that the filter names, in each shard where jobs may match, and the others beside it. */
function selectionOf(dependencies: ListDependencies, filter: JobFilter): Selection {
  const { keys } = dependencies;
  const range = { from: filter.createdFrom, to: filter.createdTo };
  const named = (shard: number) => namedIndexes(keys, shard, filter);
  const indexes = shardsOf(dependencies, filter).map(
    (shard) => named(shard)[0] ?? keys.jobsOf(shard, filter.tenant),
  );
  const hasFilters = named(0).length > 1;
  return { indexes, range, ...(hasFilters && { filters: (shard) => named(shard).slice(1) }) };
}

/** Narrowest first. */
function namedIndexes(keys: Keys, shard: number, filter: JobFilter): string[] {
  const { tenant, user, conversation, schedule, status, metadata = {}, tool, errorCode } = filter;
  const { agent } = filter;
  return [
    ...(schedule === undefined ? [] : [keys.scheduleJobs(schedule)]),
    ...(conversation === undefined ? [] : [keys.conversationJobs(conversation)]),
    ...Object.entries(metadata).map((pair) => keys.jobsWithMetadata(shard, tenant, pair)),
    ...(errorCode === undefined ? [] : [keys.jobsWithErrorCode(shard, tenant, errorCode)]),
    ...(agent === undefined ? [] : [keys.jobsOfAgent(shard, tenant, agent)]),
    ...(user === undefined ? [] : [keys.jobsOfUser(shard, tenant, user)]),
    ...(tool === undefined ? [] : [keys.jobsWithTool(shard, tenant, tool)]),
    ...(status === undefined ? [] : [keys.jobsWithStatus(shard, tenant, status)]),
  ];
}

/** What is named, and all of a user, stands in one shard. None: what is named together stands in several. */
function shardsOf(
  { shards, shardOf }: ListDependencies,
  { tenant, user, conversation, schedule }: JobFilter,
): number[] {
  const named = schedule ?? conversation;
  if (named === undefined && user === undefined) {
    return Array.from({ length: shards }, (_, shard) => shard);
  }
  const shard = named === undefined ? shardOf({ tenant, user: user ?? '' }) : shardOfId(named);
  const isApart = conversation !== undefined && shardOfId(conversation) !== shard;
  return shard >= shards || isApart ? [] : [shard];
}

/** It may have moved on since its indexes were read. */
function matches(
  { job, request }: JobParts,
  { tenant, status, errorCode, text }: JobFilter,
): boolean {
  return (
    job.tenant === tenant &&
    (status === undefined || statusOf(job) === status) &&
    (errorCode === undefined || errorCodeOf(job) === errorCode) &&
    (text === undefined ||
      job.id === text ||
      request.prompt.toLowerCase().includes(text.toLowerCase()))
  );
}

function errorCodeOf({ phase }: JobState): string | undefined {
  return phase.name === 'ended' && phase.ending.status === 'failed'
    ? phase.ending.failure.code
    : undefined;
}
