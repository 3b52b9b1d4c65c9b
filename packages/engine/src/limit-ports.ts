import type { LimitScope } from '@pawl/contracts';
import type { JobCounts, Owner, Spending, StoredLimits } from './domain/tenant.ts';

/** What the engine needs of Redis for limits. A user belongs to one shard, a tenant may span all of them. */
export interface LimitStore {
  readLimits(shard: number, tenant: string): Promise<StoredLimits>;
  readSpending(owner: Owner, now: number): Promise<Record<LimitScope, Spending>>;
  /** `elsewhere`: the part of the tenant's counts that stands in other shards than the user's. */
  readJobCounts(
    owner: Owner,
    now: number,
  ): Promise<Record<LimitScope, JobCounts> & { readonly elsewhere: JobCounts }>;
  /** The oldest jobs that wait for a place of this user or its tenant, the oldest first. */
  parkedJobs(owner: Owner, most: number): Promise<string[]>;
}
