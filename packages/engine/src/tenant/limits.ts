import {
  type LimitName,
  limitNames,
  type LimitScope,
  type LimitValues,
  type TenantLimits,
} from '@pawl/contracts';
import type { JobCounts, Spending, StoredLimits } from '../domain/tenant.ts';

const scopes = ['tenant', 'user'] as const;
const minute = 60_000;
const day = 86_400_000;

/** What the operator allows a tenant: what was set for it, else the default of the configuration. */
export function allowedLimits(
  defaults: TenantLimits,
  { operator }: Pick<StoredLimits, 'operator'>,
): TenantLimits {
  return eachLimit((scope, name) => {
    const set = operator[scope][name];
    return set === undefined ? defaults[scope][name] : (set ?? undefined);
  });
}

/** The stricter one of what the operator allows and what the tenant has set: a tenant can only narrow. */
export function limitsInForce(defaults: TenantLimits, stored: StoredLimits): TenantLimits {
  const allowed = allowedLimits(defaults, stored);
  return eachLimit((scope, name) => {
    const values = [allowed[scope][name], stored.own[scope][name]];
    const known = values.filter((value) => value !== undefined);
    return known.length === 0 ? undefined : Math.min(...known);
  });
}

function eachLimit(
  valueOf: (scope: LimitScope, name: LimitName) => number | undefined,
): TenantLimits {
  const of = (scope: LimitScope): LimitValues =>
    Object.fromEntries(
      limitNames.flatMap((name) => {
        const value = valueOf(scope, name);
        return value === undefined ? [] : [[name, value]];
      }),
    );
  return { tenant: of('tenant'), user: of('user') };
}

/** A limit that forbids what was to be done. */
export interface LimitReached {
  readonly scope: LimitScope;
  readonly name: LimitName;
  readonly value: number;
  /** When there is room again, in milliseconds since 1970; undefined where that follows from no clock. */
  readonly freesAt?: number;
}

const budgetNames = [
  'tokens_per_month',
  'cost_usd_per_month',
  'tokens_per_day',
  'cost_usd_per_day',
] as const;

/** Whether the limits need the owner's spending to be read. */
export function hasBudget(limits: TenantLimits): boolean {
  return scopes.some((scope) => budgetNames.some((name) => limits[scope][name] !== undefined));
}

/** Whether the limits need the owner's jobs to be counted before one is admitted. */
export function limitsAdmission(limits: TenantLimits): boolean {
  return scopes.some(
    (scope) =>
      limits[scope].jobs_queued !== undefined || limits[scope].jobs_per_minute !== undefined,
  );
}

/** Whether the limits need the owner's jobs to be counted before one starts. */
export function limitsProgress(limits: TenantLimits): boolean {
  return scopes.some((scope) => limits[scope].jobs_in_progress !== undefined);
}

/**
 * The budget that forbids one more model call (invariant 10): the one that is used up for longest.
 *
 * @param now milliseconds since 1970
 */
export function usedUpBudget(
  limits: TenantLimits,
  spending: Record<LimitScope, Spending>,
  now: number,
): LimitReached | undefined {
  for (const name of budgetNames) {
    for (const scope of scopes) {
      const value = limits[scope][name];
      if (value !== undefined && spentOf(spending[scope], name) >= value) {
        return {
          scope,
          name,
          value,
          freesAt: name.endsWith('day') ? nextDay(now) : nextMonth(now),
        };
      }
    }
  }
  return undefined;
}

/** The tokens that are left of every budget; undefined where none limits them. */
export function tokensLeft(
  limits: TenantLimits,
  spending: Record<LimitScope, Spending>,
): number | undefined {
  const left = scopes.flatMap((scope) =>
    (['tokens_per_day', 'tokens_per_month'] as const).flatMap((name) => {
      const value = limits[scope][name];
      return value === undefined ? [] : [value - spentOf(spending[scope], name)];
    }),
  );
  return left.length === 0 ? undefined : Math.max(1, Math.min(...left));
}

/** The limit on jobs that forbids one more. */
export function fullLimit(
  limits: TenantLimits,
  counts: Record<LimitScope, JobCounts>,
  now: number,
): LimitReached | undefined {
  for (const scope of scopes) {
    const { jobs_per_minute: rate, jobs_queued: queued } = limits[scope];
    const { lastMinute, firstOfMinute = now, queued: waiting } = counts[scope];
    if (rate !== undefined && lastMinute >= rate) {
      const reached = { scope, name: 'jobs_per_minute', value: rate } as const;
      return rate === 0 ? reached : { ...reached, freesAt: firstOfMinute + minute };
    }
    if (queued !== undefined && waiting >= queued) {
      return { scope, name: 'jobs_queued', value: queued };
    }
  }
  return undefined;
}

function spentOf(spending: Spending, name: (typeof budgetNames)[number]): number {
  switch (name) {
    case 'tokens_per_day':
      return spending.tokensToday;
    case 'tokens_per_month':
      return spending.tokensThisMonth;
    case 'cost_usd_per_day':
      return spending.costUsdToday;
    case 'cost_usd_per_month':
      return spending.costUsdThisMonth;
  }
}

function nextDay(now: number): number {
  return (Math.floor(now / day) + 1) * day;
}

function nextMonth(now: number): number {
  const date = new Date(now);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
}
