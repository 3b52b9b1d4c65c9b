import { z } from 'zod';

/** A queue of tasks over all shards. */
const QueueHealth = z.object({
  name: z.string(),
  waiting: z.int(),
  active: z.int(),
  delayed: z.int(),
  /** Until their owner has a share. */
  parked: z.int(),
  /** Seconds that the oldest task which could run has waited. */
  oldest_task_age_seconds: z.number(),
});

const RedisNode = z.object({
  node: z.string(),
  memory_used_bytes: z.int(),
  /** null: Redis sets no limit. */
  memory_limit_bytes: z.int().nullable(),
});

/** The answer of `GET /v1/health`: the whole installation as its operator sees it. */
export const HealthResource = z.object({
  object: z.literal('health'),
  status: z.enum(['ready', 'degraded', 'not_ready']),
  /** What is not as it should be, as sentences. */
  problems: z.array(z.string()),
  /** Those that have said within 15 seconds that they live. */
  workers: z.array(z.object({ id: z.string(), seen_at: z.iso.datetime() })),
  shards: z.int(),
  queues: z.array(QueueHealth),
  /** Jobs that are kept, of all tenants. */
  jobs: z.object({
    by_status: z.record(z.string(), z.int()),
    /** Those that wait, by what for. */
    waiting: z.record(z.string(), z.int()),
  }),
  redis: z.object({
    version: z.string(),
    /** What Redis does when its memory is full: has to be noeviction. */
    maxmemory_policy: z.string(),
    nodes: z.array(RedisNode),
  }),
  sweeper: z.object({
    /** Seconds for which the sweeper should have looked at what has been due for longest, by kind. */
    overdue_seconds: z.record(z.string(), z.number()),
    /** How much was due and was handled since the installation began, by part, and when last. */
    handled: z.array(z.object({ part: z.string(), count: z.int(), last_at: z.iso.datetime() })),
  }),
  /** Records that cannot be read, and were taken out of the way. */
  quarantined_records: z.int(),
});
export type HealthResource = z.infer<typeof HealthResource>;
