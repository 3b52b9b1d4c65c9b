import { LimitValues } from '@pawl/contracts';
import { jsonVariable } from '@pawl/runtime';

const limits = jsonVariable(LimitValues).prefault('{}');

/** What tenants and users are limited to by default: the same for gateway and workers. */
export const limitVariables = {
  TENANT_LIMITS: limits.describe(
    'JSON, such as {"jobs_per_minute":600,"cost_usd_per_month":500}: what each tenant is limited to.',
  ),
  USER_LIMITS: limits.describe(
    'JSON, such as {"jobs_queued":100,"tokens_per_day":1000000}: what each user is limited to.',
  ),
};
