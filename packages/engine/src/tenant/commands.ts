import {
  type ApprovalPolicy,
  type LimitScope,
  shardOfId,
  type TenantLimits,
} from '@pawl/contracts';
import type { Engine } from '../commit/engine.ts';
import type { AdmissionBound, AdmissionBounds, JobCounts, Owner } from '../domain/tenant.ts';
import {
  fullLimit,
  hasBudget,
  type LimitReached,
  limitsAdmission,
  limitsInForce,
  limitsProgress,
  tokensLeft,
  usedUpBudget,
} from './limits.ts';

export type Room =
  /** `bounds` go into the commit that takes the place. */
  | {
      readonly kind: 'room';
      readonly bounds?: AdmissionBounds;
      /** Which calls of a new job the tenant wants to be asked about. */
      readonly approve?: ApprovalPolicy | undefined;
    }
  | { readonly kind: 'limited'; readonly reached: LimitReached };

/**
 * Whether the limits have room for one more job of this owner. What is counted may change before the job is committed:
 * the bounds have the commit refused then, and it is decided anew.
 *
 * @param id any id in the shard of the job
 */
export async function roomForJob(engine: Engine, owner: Owner, id: string): Promise<Room> {
  const stored = await engine.store.readLimits(shardOfId(id), owner.tenant);
  const limits = limitsInForce(engine.rules.limits, stored);
  const { approve } = stored.own;
  const now = engine.now();
  const [spending, counts] = await Promise.all([
    hasBudget(limits) ? engine.store.readSpending(owner, now) : undefined,
    limitsAdmission(limits) ? engine.store.readJobCounts(owner, now) : undefined,
  ]);
  const reached =
    (spending && usedUpBudget(limits, spending, now)) ?? (counts && fullLimit(limits, counts, now));
  if (reached !== undefined) return { kind: 'limited', reached };
  if (counts === undefined) return { kind: 'room', approve };
  return { kind: 'room', approve, bounds: { owner, bounds: boundsOf(limits, counts.elsewhere) } };
}

/** Whether the limits have a place among the jobs in progress for one that starts. */
export async function roomToStart(engine: Engine, job: Owner & { id: string }): Promise<Room> {
  const limits = await inForce(engine, job, job.id);
  if (!limitsProgress(limits)) return { kind: 'room' };
  const counts = await engine.store.readJobCounts(job, engine.now());
  const bounds: AdmissionBound[] = [];
  for (const scope of ['user', 'tenant'] as const) {
    const value = limits[scope].jobs_in_progress;
    if (value === undefined) continue;
    if (counts[scope].inProgress >= value) {
      return { kind: 'limited', reached: { scope, name: 'jobs_in_progress', value } };
    }
    const elsewhere = scope === 'tenant' ? counts.elsewhere.inProgress : 0;
    bounds.push({ scope, count: 'inProgress', below: value - elsewhere });
  }
  const { tenant, user } = job;
  return { kind: 'room', bounds: { owner: { tenant, user }, bounds } };
}

/** How many more jobs of a tenant, and of one user of it, may be in progress. */
export async function placesLeft(
  engine: Engine,
  owner: Owner,
): Promise<{ tenant: number; user: number }> {
  const [stored, counts] = await Promise.all([
    engine.store.readLimits(0, owner.tenant),
    engine.store.readJobCounts(owner, engine.now()),
  ]);
  const limits = limitsInForce(engine.rules.limits, stored);
  const left = (scope: LimitScope) =>
    (limits[scope].jobs_in_progress ?? Number.POSITIVE_INFINITY) - counts[scope].inProgress;
  return { tenant: left('tenant'), user: left('user') };
}

/** What the limits say of one more model call of a job. */
export type BudgetLeft =
  | { readonly kind: 'left'; readonly tokens?: number }
  | { readonly kind: 'used_up'; readonly reached: LimitReached };

/**
 * Asked before each model call (invariant 10). Calls of one owner that are made at the same time do not know of each
 * other: together they may spend more than was left.
 */
export async function budgetLeft(engine: Engine, job: Owner & { id: string }): Promise<BudgetLeft> {
  const limits = await inForce(engine, job, job.id);
  if (!hasBudget(limits)) return { kind: 'left' };
  const now = engine.now();
  const spending = await engine.store.readSpending(job, now);
  const reached = usedUpBudget(limits, spending, now);
  if (reached !== undefined) return { kind: 'used_up', reached };
  const tokens = tokensLeft(limits, spending);
  return tokens === undefined ? { kind: 'left' } : { kind: 'left', tokens };
}

async function inForce(engine: Engine, { tenant }: Owner, id: string): Promise<TenantLimits> {
  return limitsInForce(engine.rules.limits, await engine.store.readLimits(shardOfId(id), tenant));
}

/** Other shards are counted a moment before the commit: only within its own shard is the tenant's limit exact. */
function boundsOf(limits: TenantLimits, elsewhere: JobCounts): AdmissionBound[] {
  return (['tenant', 'user'] as const).flatMap((scope) => {
    const { jobs_queued: queued, jobs_per_minute: rate } = limits[scope];
    const others = scope === 'tenant' ? elsewhere : undefined;
    const bounds: AdmissionBound[] = [];
    if (queued !== undefined) {
      bounds.push({ scope, count: 'queued', below: queued - (others?.queued ?? 0) });
    }
    if (rate !== undefined) {
      bounds.push({ scope, count: 'lastMinute', below: rate - (others?.lastMinute ?? 0) });
    }
    return bounds;
  });
}
