import { Redis } from 'ioredis';
import type { Place } from './contender.ts';
export interface BenchRedis {
  readonly url: string;
  /** For measurements. */
  readonly redis: Redis;
  stop(): Promise<void>;
}
/** A Redis of one contender's own, append-only (`everysec`). */
export declare function startRedis({ directory, root }: Place): Promise<BenchRedis>;
