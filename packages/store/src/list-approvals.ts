import { ApprovalId, parseApprovalId, type Approval } from '@pawl/contracts';
import { presentApprovals, type JobParts } from '@pawl/engine';
import type { RedisConnection } from '@pawl/runtime';
import type { Keys } from './keys.ts';
import { decodeCursor, encodeCursor, readPlaces } from './pages.ts';

export interface ApprovalPage {
  readonly approvals: Approval[];
  readonly nextCursor: string | null;
}

interface ListDependencies {
  readonly redis: RedisConnection;
  readonly keys: Keys;
  readonly shards: number;
  readonly readJobParts: (id: string) => Promise<JobParts | undefined>;
}

/** The calls of a tenant's jobs that wait for a person's word, newest first. */
export async function listApprovals(
  { redis, keys, shards, readJobParts }: ListDependencies,
  page: { tenant: string; limit: number; cursor?: string | undefined },
): Promise<ApprovalPage> {
  const indexes = Array.from({ length: shards }, (_, shard) => keys.approvals(shard, page.tenant));
  const after = page.cursor === undefined ? undefined : decodeCursor(page.cursor);
  const places = await readPlaces(redis, indexes, after, page.limit);
  const jobs = [...new Set(places.map(({ member }) => parseApprovalId(member).job))];
  const pending = await Promise.all(
    jobs.map(async (id) => {
      const parts = await readJobParts(id);
      return parts === undefined ? [] : presentApprovals(parts.job, parts.calls ?? []);
    }),
  );
  const known = new Map(pending.flat().map((approval) => [approval.id, approval]));
  const last = places.at(-1);
  return {
    approvals: places.flatMap(({ member }) => known.get(ApprovalId.parse(member)) ?? []),
    nextCursor: last === undefined || places.length < page.limit ? null : encodeCursor(last),
  };
}
