import { z } from 'zod';
import { ApprovalPolicy } from './job-request.ts';

const Count = z.int().min(0).max(1_000_000_000);
const Tokens = z.int().min(0).max(1_000_000_000_000);
const Usd = z.number().min(0).max(1_000_000);

/** Days and months are UTC. */
const values = {
  /** Jobs that are worked on at a time: neither queued, nor waiting for a person, nor ended. Others stay queued. */
  jobs_in_progress: Count.min(1),
  /** Jobs that were accepted and have not started. */
  jobs_queued: Count,
  /** Jobs accepted in any 60 seconds. Each stands in Redis for that time. */
  jobs_per_minute: Count.max(100_000),
  /** Input and output tokens of model calls together. */
  tokens_per_day: Tokens,
  tokens_per_month: Tokens,
  /** As the model endpoint reports it. */
  cost_usd_per_day: Usd,
  cost_usd_per_month: Usd,
};

export type LimitName = keyof typeof values;
export const limitNames = Object.keys(values) as readonly LimitName[];

/** A limit that is left out does not exist. */
export const LimitValues = z.strictObject(values).partial();
export type LimitValues = z.infer<typeof LimitValues>;

/** For whom a limit counts: the whole tenant, or each of its users alone. */
export const LimitScope = z.enum(['tenant', 'user']);
export type LimitScope = z.infer<typeof LimitScope>;

/** The body of `PUT /v1/limits`, which replaces what the tenant has set of its own. */
export const TenantLimits = z.strictObject({
  tenant: LimitValues.default({}),
  user: LimitValues.default({}),
  /** Which calls of the tenant's jobs wait for a person, whatever a job says: the stricter one of both counts. */
  approve: ApprovalPolicy.optional(),
});
export type TenantLimits = z.infer<typeof TenantLimits>;
export type TenantLimitsInput = z.input<typeof TenantLimits>;

const nullable = z.strictObject({
  jobs_in_progress: values.jobs_in_progress.nullable(),
  jobs_queued: values.jobs_queued.nullable(),
  jobs_per_minute: values.jobs_per_minute.nullable(),
  tokens_per_day: values.tokens_per_day.nullable(),
  tokens_per_month: values.tokens_per_month.nullable(),
  cost_usd_per_day: values.cost_usd_per_day.nullable(),
  cost_usd_per_month: values.cost_usd_per_month.nullable(),
});

/**
 * What the operator has set for one tenant, each in place of the default of the configuration. `null`: this tenant has
 * no such limit, whatever the default is.
 */
export const OperatorLimits = z.strictObject({
  tenant: nullable.partial().default({}),
  user: nullable.partial().default({}),
});
export type OperatorLimits = z.infer<typeof OperatorLimits>;

/** A limit that was reached, as a 429 names it. */
export const ReachedLimit = z.object({
  scope: LimitScope,
  name: z.enum(limitNames),
  value: z.number(),
  /** When there is room again; null where that follows from no clock. */
  frees_at: z.iso.datetime().nullable(),
});
export type ReachedLimit = z.infer<typeof ReachedLimit>;

/** What counts against the limits now. */
const Standing = z.object({
  jobs_in_progress: z.int(),
  jobs_queued: z.int(),
  tokens_today: z.int(),
  tokens_this_month: z.int(),
  cost_usd_today: z.number(),
  cost_usd_this_month: z.number(),
});
export type Standing = z.infer<typeof Standing>;

/** The answer of `GET` and `PUT /v1/limits`. */
export const LimitsResource = z.object({
  object: z.literal('limits'),
  /** The stricter one of what the operator allows and what the tenant has set. */
  in_force: TenantLimits,
  /** What the operator allows: the highest values that the tenant may set. */
  allowed: TenantLimits,
  /** What the tenant has set. */
  own: TenantLimits,
  current: z.object({
    tenant: Standing,
    /** Of the user in `?user=`. */
    user: Standing.nullable(),
  }),
});
export type LimitsResource = z.infer<typeof LimitsResource>;
