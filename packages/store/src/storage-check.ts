import { randomToken } from '@pawl/contracts';
import { causeOf, type RedisConnection } from '@pawl/runtime';
import type { Keys } from './keys.ts';

/** What a look at Redis has found. */
export interface StorageFindings {
  /** What keeps shards from being written to, as sentences: empty where all take writes. */
  readonly problems: readonly string[];
  /** At least one shard takes writes: jobs of its users go on. */
  readonly works: boolean;
  /** What whoever runs this should know, as sentences: it keeps nobody from working. */
  readonly warnings: readonly string[];
}

/** Milliseconds. */
const answersWithin = 2_000;
const fresh = 3_000;

interface StorageCheckSettings {
  readonly redis: RedisConnection;
  readonly keys: Keys;
  readonly shards: number;
  /** Called when Redis has lost what it held, before anything new is written. */
  readonly onEmptied: () => Promise<void>;
  readonly now?: () => number;
}

/**
 * Tries a write in each shard: nothing else tells that memory or a disk is full, or that replicas are missing. What is
 * written is a mark that every process of an installation remembers, so that a Redis that was emptied (FLUSHALL), or is
 * another one than before, is noticed as well. Answers are kept for some seconds.
 */
export function createStorageCheck({
  redis,
  keys,
  shards,
  onEmptied,
  now = () => performance.now(),
}: StorageCheckSettings) {
  const marks = new Map<number, string>();
  let emptiedAt: string | undefined;
  let latest: { readonly at: number; readonly findings: Promise<StorageFindings> } | undefined;

  /** The mark of a shard, made now if there is none. */
  async function markOf(shard: number): Promise<string> {
    const key = keys.installation(shard);
    await redis.setnx(key, randomToken());
    return (await redis.get(key)) ?? '';
  }

  async function tryShard(shard: number): Promise<{ shard: number; problem?: string }> {
    const known = marks.get(shard);
    try {
      if (known === undefined) marks.set(shard, await inTime(markOf(shard)));
      else {
        const found = await inTime(redis.set(keys.installation(shard), known, 'XX', 'GET'));
        if (found !== known) await noticeEmptied(shard);
      }
      return { shard };
    } catch (error) {
      return { shard, problem: causeOf(error) };
    }
  }

  async function noticeEmptied(shard: number): Promise<void> {
    emptiedAt ??= new Date().toISOString();
    // Of another process that has noticed it earlier, or nobody's yet.
    marks.set(shard, await inTime(markOf(shard)));
    await onEmptied();
  }

  async function look(): Promise<StorageFindings> {
    const tried = await Promise.all(Array.from({ length: shards }, (_, shard) => tryShard(shard)));
    const failed = tried.filter(({ problem }) => problem !== undefined);
    const shardsOf = new Map<string, number[]>();
    for (const { shard, problem = '' } of failed) {
      shardsOf.set(problem, [...(shardsOf.get(problem) ?? []), shard]);
    }
    const works = failed.length < shards;
    return {
      works,
      problems: [...shardsOf].map(([problem, away]) =>
        works ? `${nameShards(away)} of ${shards}: ${problem}` : problem,
      ),
      warnings:
        emptiedAt === undefined
          ? []
          : [
              `Redis was emptied or replaced, as noticed at ${emptiedAt}: jobs, API keys and schedules from before are gone. Restore a backup, or restart Pawl to go on without them.`,
            ],
    };
  }

  return {
    /** See {@link createStorageCheck}. Never throws. */
    checkStorage(): Promise<StorageFindings> {
      if (latest === undefined || now() - latest.at > fresh)
        latest = { at: now(), findings: look() };
      return latest.findings;
    },
  };
}

function nameShards(shards: readonly number[]): string {
  return shards.length === 1 ? `Shard ${shards[0]}` : `Shards ${shards.join(', ')}`;
}

async function inTime<Answer>(answer: Promise<Answer>): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error(`no reply within ${answersWithin} ms`)),
      answersWithin,
    );
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
    // A late refusal must not count as unhandled.
    answer.catch(() => undefined);
  }
}
