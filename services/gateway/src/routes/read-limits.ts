import { type LimitsResource, type Standing, User } from '@pawl/contracts';
import {
  allowedLimits,
  type JobCounts,
  limitsInForce,
  type Owner,
  type Spending,
} from '@pawl/engine';
import { z } from 'zod';
import type { Gateway } from '../gateway.ts';
import type { TenantHandler } from '../http/authenticate.ts';
import { parseInput } from '../http/parse-input.ts';

export const ReadLimitsQuery = z.strictObject({ user: User.optional() });

/** `GET /v1/limits`: what limits the tenant and its users, and what counts against that now. */
export function readLimits(gateway: Gateway): TenantHandler {
  return async (request, response, tenant) => {
    const { user } = parseInput(ReadLimitsQuery, request.query);
    response.json(await showLimits(gateway, { tenant, user }));
  };
}

/** The limits of a tenant as the API shows them. */
export async function showLimits(
  { engine, engine: { store } }: Gateway,
  { tenant, user }: { readonly tenant: string; readonly user?: string | undefined },
): Promise<LimitsResource> {
  const now = engine.now();
  // Counts of nobody, where no user is asked for: the tenant's come with them.
  const owner: Owner = { tenant, user: user ?? '' };
  const [stored, counts, spending] = await Promise.all([
    store.readLimits(0, tenant),
    store.readJobCounts(owner, now),
    store.readSpending(owner, now),
  ]);
  return {
    object: 'limits',
    in_force: limitsInForce(engine.rules.limits, stored),
    allowed: allowedLimits(engine.rules.limits, stored),
    own: stored.own,
    current: {
      tenant: standing(counts.tenant, spending.tenant),
      user: user === undefined ? null : standing(counts.user, spending.user),
    },
  };
}

function standing(counts: JobCounts, spending: Spending): Standing {
  return {
    jobs_in_progress: counts.inProgress,
    jobs_queued: counts.queued,
    tokens_today: spending.tokensToday,
    tokens_this_month: spending.tokensThisMonth,
    cost_usd_today: spending.costUsdToday,
    cost_usd_this_month: spending.costUsdThisMonth,
  };
}
