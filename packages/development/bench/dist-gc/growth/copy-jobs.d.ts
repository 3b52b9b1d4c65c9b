import type { Keys } from '@pawl/store';
import type { Redis } from 'ioredis';
/** An ended job that is alone in its conversation. */
export interface EndedJob {
  readonly job: string;
  readonly conversation: string;
}
/**
 * Keeps so many jobs more, as if each had been run: all keys of one, under ids of their own, and its entries in every
 * index. What stands in them still names the first one's ids, which nobody reads.
 */
export declare function copyEndedJob(
  {
    redis,
    keys,
  }: {
    readonly redis: Redis;
    readonly keys: Keys;
  },
  { job, conversation }: EndedJob,
  count: number,
): Promise<void>;
