import { z } from 'zod';

/** What of a kind is kept after it has ended. */
interface Kept {
  /** For how long, in milliseconds. Absent: no longer or shorter than what it belongs to. */
  readonly age?: number | undefined;
  /** How many of each tenant, the newest. Absent: any number. */
  readonly count?: number | undefined;
}

/** How long, and how many, of what has ended is kept. What goes first takes what belongs to it along. */
export interface Retention {
  readonly jobs: Kept & { readonly age: number };
  /** A conversation in which nothing runs, waits or has ended for so long is erased with its jobs. */
  readonly conversations?: Kept;
  /** Settled webhooks; at the latest they go with their job. */
  readonly deliveries?: Kept;
}

/** When an ended job may be erased at the earliest. */
export function earliestErasure(endedAt: number, { jobs, conversations }: Retention): number {
  return endedAt + Math.min(jobs.age, conversations?.age ?? jobs.age);
}

/** For how long a settled delivery is kept; undefined for one that goes with its job. */
export function deliveryAge(hasJob: boolean, { jobs, deliveries }: Retention): number | undefined {
  const age = Math.min(jobs.age, deliveries?.age ?? jobs.age);
  return hasJob && age >= jobs.age ? undefined : age;
}

/** Whether tenants are counted when something of theirs has ended. */
export function isCounted({ jobs, conversations, deliveries }: Retention): boolean {
  return [jobs, conversations, deliveries].some((kept) => kept?.count !== undefined);
}

const minute = 60_000;
const day = 86_400_000;
const longest = 36_500 * day;
const units: Readonly<Record<string, number>> = { m: minute, h: 60 * minute, d: day };

/** A duration such as `90m`, `12h` or `30d`, in milliseconds. */
const duration = z
  .string()
  .transform((text, context) => {
    const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)([mhd])$/.exec(text) ?? [];
    const milliseconds = Math.round(Number(number) * (units[unit] ?? 0));
    if (milliseconds >= minute && milliseconds <= longest) return milliseconds;
    context.addIssue({
      code: 'custom',
      message: 'must be minutes, hours or days from 1m on, such as 90m, 12h or 30d',
    });
    return z.NEVER;
  })
  .optional();

const count = z.coerce.number().int().min(1).optional();

/** How long, and how many, of what has ended is kept, in an environment schema. The same for gateway and workers. */
export const retentionVariables = {
  JOB_RETENTION: duration,
  JOB_RETENTION_COUNT: count,
  CONVERSATION_RETENTION: duration,
  CONVERSATION_RETENTION_COUNT: count,
  WEBHOOK_RETENTION: duration,
  WEBHOOK_RETENTION_COUNT: count,
  EVENT_RETENTION: duration,
  EVENT_RETENTION_COUNT: count,
  /** The name of JOB_RETENTION before there were units. */
  JOB_RETENTION_DAYS: z.coerce
    .number()
    .min(1 / 1_440)
    .max(36_500)
    .optional(),
} as const;

type RetentionEnvironment = {
  readonly [Name in keyof typeof retentionVariables]?: z.output<(typeof retentionVariables)[Name]>;
};

/** How much is kept of what happened to a tenant's jobs, for each shard. */
export interface EventRetention {
  /** Commits whose events are kept, about. */
  readonly count: number;
  /** Milliseconds. */
  readonly age: number;
}

export const defaultEventRetention: EventRetention = { count: 10_000, age: day };

const defaultJobAge = 30 * day;

/** What the variables say. */
export function retentionSettings(environment: RetentionEnvironment): {
  readonly retention: Retention;
  readonly events: EventRetention;
} {
  const days = environment.JOB_RETENTION_DAYS;
  return {
    retention: {
      jobs: {
        age: environment.JOB_RETENTION ?? (days === undefined ? defaultJobAge : days * day),
        count: environment.JOB_RETENTION_COUNT,
      },
      conversations: {
        age: environment.CONVERSATION_RETENTION,
        count: environment.CONVERSATION_RETENTION_COUNT,
      },
      deliveries: {
        age: environment.WEBHOOK_RETENTION,
        count: environment.WEBHOOK_RETENTION_COUNT,
      },
    },
    events: {
      age: environment.EVENT_RETENTION ?? defaultEventRetention.age,
      count: environment.EVENT_RETENTION_COUNT ?? defaultEventRetention.count,
    },
  };
}
