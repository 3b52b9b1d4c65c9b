import type { RedisConnection } from '@pawl/runtime';
import type { Keys } from './keys.ts';

/** What a worker finds of the archive, where gateways see it. */
export function createArchiveProblem(redis: RedisConnection, keys: Keys) {
  return {
    /** What keeps the archive from taking jobs, for so many milliseconds; undefined: it takes them. */
    async reportArchive(problem: string | undefined, milliseconds: number): Promise<void> {
      if (problem === undefined) await redis.del(keys.archiveProblem());
      else await redis.set(keys.archiveProblem(), problem, 'PX', milliseconds);
    },

    /** Undefined: none was reported lately. */
    async archiveProblem(): Promise<string | undefined> {
      return (await redis.get(keys.archiveProblem())) ?? undefined;
    },
  };
}
