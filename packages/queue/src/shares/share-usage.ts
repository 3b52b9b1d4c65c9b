import type { RedisConnection } from '@pawl/runtime';
import { z } from 'zod';
import { catalogue, type TaskKind, taskKinds } from '../catalogue.ts';
import { defineScript } from './run-shares.ts';

/** Shares of one kind of task in one shard: of everybody, or of one tenant. */
export interface ShareUsage {
  readonly kind: TaskKind;
  /** Absent: of everybody. */
  readonly tenant?: string;
  readonly held: number;
  /** Tasks that wait for a share. */
  readonly parked: number;
  /** When the oldest of those that come next has come, in milliseconds since 1970. */
  readonly oldestParked?: number;
}

const Answer = z.array(z.string());

/** Tenants, and groups of a tenant, that are looked at for the oldest: this must not keep Redis for long. */
const mostLookedAt = 100;

/** Tells who holds shares and who waits: nobody is named who does neither. */
export function createShareUsage(redis: RedisConnection): (tag: string) => Promise<ShareUsage[]> {
  const run = defineScript(redis, 'share-usage', 1);
  const kinds = new Map(taskKinds.map((kind) => [catalogue[kind].queue as string, kind]));
  return async (tag) => {
    const words = Answer.parse(await run(tag, mostLookedAt, ...kinds.keys()));
    return Array.from({ length: words.length / 5 }, (_, place) => {
      const [pool = '', tenant, held, parked, oldest] = words.slice(place * 5, place * 5 + 5);
      const kind = kinds.get(pool);
      if (kind === undefined) throw new Error(`there is no kind of task with the queue "${pool}"`);
      return {
        kind,
        ...(tenant === '' || tenant === undefined ? {} : { tenant }),
        held: Number(held),
        parked: Number(parked),
        ...(oldest === '' ? {} : { oldestParked: Number(oldest) }),
      };
    });
  };
}
