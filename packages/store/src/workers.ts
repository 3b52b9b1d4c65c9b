import type { RedisConnection } from '@pawl/runtime';
import type { Keys } from './keys.ts';

/** A worker that said nothing for this long is not counted, in milliseconds. */
const silence = 15_000;

/** Workers say now and then that they live, so that readiness can tell whether anybody works. */
export function createWorkerRegister(redis: RedisConnection, keys: Keys) {
  return {
    async announceWorker(id: string, now: number): Promise<void> {
      await redis
        .multi()
        .zadd(keys.workers(), now, id)
        .zremrangebyscore(keys.workers(), '-inf', now - silence)
        .exec();
    },
    async withdrawWorker(id: string): Promise<void> {
      await redis.zrem(keys.workers(), id);
    },
    /** Whether a worker of this machine is counted. Its id begins with the machine's name. */
    async hasWorkerOn(machine: string, now: number): Promise<boolean> {
      const seen = await redis.zrangebyscore(keys.workers(), now - silence, '+inf');
      return seen.some((id) => id.startsWith(`${machine}:`));
    },
    async seenWorkers(now: number): Promise<number> {
      return redis.zcount(keys.workers(), now - silence, '+inf');
    },
  };
}
