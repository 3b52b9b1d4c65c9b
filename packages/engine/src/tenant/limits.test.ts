import type { TenantLimits } from '@pawl/contracts';
import { describe, expect, test } from 'vitest';
import type { JobCounts, Spending } from '../domain/tenant.ts';
import { allowedLimits, fullLimit, limitsInForce, tokensLeft, usedUpBudget } from './limits.ts';

const now = Date.UTC(2026, 10, 26, 10, 30);
const nothing: Spending = {
  tokensToday: 0,
  tokensThisMonth: 0,
  costUsdToday: 0,
  costUsdThisMonth: 0,
};
const nobody: JobCounts = { queued: 0, inProgress: 0, lastMinute: 0 };
const none: TenantLimits = { tenant: {}, user: {} };

describe('which limits are in force', () => {
  const defaults: TenantLimits = { tenant: { jobs_per_minute: 100 }, user: { jobs_queued: 10 } };

  test('the configuration’s, where nothing is set', () => {
    expect(limitsInForce(defaults, { operator: none, own: none })).toEqual(defaults);
  });

  test('what the operator has set for the tenant stands in place of the configuration’s', () => {
    const operator = { tenant: { jobs_per_minute: 500 }, user: { jobs_queued: null } };
    expect(allowedLimits(defaults, { operator })).toEqual({
      tenant: { jobs_per_minute: 500 },
      user: {},
    });
  });

  test('what the tenant has set makes a limit stricter, and never lifts one', () => {
    const own: TenantLimits = {
      tenant: { jobs_per_minute: 200, tokens_per_day: 5 },
      user: { jobs_queued: 3 },
    };
    expect(limitsInForce(defaults, { operator: none, own })).toEqual({
      tenant: { jobs_per_minute: 100, tokens_per_day: 5 },
      user: { jobs_queued: 3 },
    });
  });
});

describe('a budget', () => {
  const spent = { ...nothing, tokensToday: 10, tokensThisMonth: 100 };

  test('is used up once its sum is reached, until its day or month is over', () => {
    const limits: TenantLimits = { tenant: {}, user: { tokens_per_day: 10 } };
    expect(usedUpBudget(limits, { tenant: nothing, user: spent }, now)).toEqual({
      scope: 'user',
      name: 'tokens_per_day',
      value: 10,
      freesAt: Date.UTC(2026, 10, 27),
    });
    const monthly: TenantLimits = { tenant: { tokens_per_month: 100 }, user: {} };
    expect(usedUpBudget(monthly, { tenant: spent, user: nothing }, now)).toMatchObject({
      freesAt: Date.UTC(2026, 11, 1),
    });
  });

  test('is told by the one that is used up for longest', () => {
    const limits = { tenant: { tokens_per_day: 10, tokens_per_month: 100 }, user: {} };
    expect(usedUpBudget(limits, { tenant: spent, user: spent }, now)).toMatchObject({
      name: 'tokens_per_month',
    });
  });

  test('leaves what is missing to the smallest of its sums', () => {
    const limits = { tenant: { tokens_per_month: 150 }, user: { tokens_per_day: 30 } };
    expect(tokensLeft(limits, { tenant: spent, user: spent })).toBe(20);
    expect(usedUpBudget(limits, { tenant: spent, user: spent }, now)).toBeUndefined();
    expect(tokensLeft(none, { tenant: spent, user: spent })).toBeUndefined();
  });
});

describe('a limit on jobs', () => {
  test('of a minute frees when the first of its jobs is a minute old', () => {
    const limits: TenantLimits = { tenant: { jobs_per_minute: 2 }, user: {} };
    const tenant = { ...nobody, lastMinute: 2, firstOfMinute: now - 50_000 };
    expect(fullLimit(limits, { tenant, user: nobody }, now)).toMatchObject({
      name: 'jobs_per_minute',
      freesAt: now + 10_000,
    });
    const one = { ...tenant, lastMinute: 1 };
    expect(fullLimit(limits, { tenant: one, user: nobody }, now)).toBeUndefined();
  });

  test('of none at all is freed by no clock', () => {
    const limits: TenantLimits = { tenant: { jobs_per_minute: 0 }, user: {} };
    expect(fullLimit(limits, { tenant: nobody, user: nobody }, now)).toEqual({
      scope: 'tenant',
      name: 'jobs_per_minute',
      value: 0,
    });
  });

  test('of queued jobs counts those of its own scope', () => {
    const limits: TenantLimits = { tenant: {}, user: { jobs_queued: 3 } };
    const waiting = { ...nobody, queued: 3 };
    expect(fullLimit(limits, { tenant: waiting, user: nobody }, now)).toBeUndefined();
    expect(fullLimit(limits, { tenant: waiting, user: waiting }, now)).toMatchObject({
      scope: 'user',
      name: 'jobs_queued',
    });
  });
});
