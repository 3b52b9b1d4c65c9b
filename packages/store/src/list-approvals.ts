import {
  type Approval,
  type ApprovalType,
  ApprovalId,
  type CallRecord,
  type JobState,
  parseApprovalId,
} from '@pawl/contracts';
import { approvalViews, type Links } from '@pawl/engine';
import type { RedisConnection } from '@pawl/runtime';
import type { Keys } from './keys.ts';
import { readPage } from './pages.ts';
import type { CallPlace } from './step-fields.ts';

export interface ApprovalFilter {
  readonly tenant: string;
  readonly type?: ApprovalType | undefined;
  readonly job?: string | undefined;
  readonly user?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
  readonly links: Links;
}

export interface ApprovalPage {
  readonly approvals: Approval[];
  readonly nextCursor: string | null;
}

interface ListDependencies {
  readonly redis: RedisConnection;
  readonly keys: Keys;
  readonly shards: number;
  readonly readJob: (id: string) => Promise<JobState | undefined>;
  readonly readCalls: (id: string, places: readonly CallPlace[]) => Promise<CallRecord[]>;
}

/** The calls of a tenant's jobs that wait for a person's word, newest first. */
export async function listApprovals(
  { redis, keys, shards, readJob, readCalls }: ListDependencies,
  page: ApprovalFilter,
): Promise<ApprovalPage> {
  const indexes = Array.from({ length: shards }, (_, shard) => keys.approvals(shard, page.tenant));
  const { items, nextCursor } = await readPage(redis, { indexes }, page, async (member) => {
    const id = ApprovalId.parse(member);
    const target = parseApprovalId(id);
    if (page.job !== undefined && page.job !== target.job) return undefined;
    const [job, calls] = await Promise.all([readJob(target.job), readCalls(target.job, [target])]);
    if (job === undefined || (page.user !== undefined && page.user !== job.user)) return undefined;
    return approvalViews(job, calls, page.links).find(
      (approval) => approval.id === id && (page.type ?? approval.type) === approval.type,
    );
  });
  return { approvals: items, nextCursor };
}
