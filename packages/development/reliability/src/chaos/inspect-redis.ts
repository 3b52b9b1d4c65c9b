import type { Job } from '@pawl/contracts';
import { connectRedis, type RedisConnection, whenRedisReady } from '@pawl/runtime';
import { createStore, type PawlStore } from '@pawl/store';
import { lookUntil } from '../testbed/harness-process.ts';
import { type KeyKind, kindOfKey, ownerOfKey } from '../testbed/kind-of-key.ts';
import { queues } from '../testbed/namespace.ts';

/** What Redis holds after everything has ended. */
export interface Inspection {
  /** How many keys there are of each kind. */
  readonly keys: Partial<Record<KeyKind, number>>;
  /** Keys that should not be there, and conversations that are still held. */
  readonly problems: readonly string[];
}

/** Longer than a conversation can be held by calls of an ended job. */
const patience = 30_000;

/** Looks at every key, again and again until nothing is wrong or the patience is over: leases and stale tasks go. */
export async function inspectRedis(url: string, jobs: readonly Job[]): Promise<Inspection> {
  const redis = connectRedis(url, 'producer');
  try {
    await whenRedisReady(redis, 10_000);
    const store = createStore({
      redis,
      subscriber: redis,
      shards: 1,
      retention: { jobs: { age: 0 } },
    });
    return await lookUntil(
      () => inspectOnce(redis, store, jobs),
      ({ problems }) => problems.length === 0,
      { patience, interval: 200 },
    );
  } finally {
    redis.disconnect();
  }
}

async function inspectOnce(
  redis: RedisConnection,
  store: PawlStore,
  jobs: readonly Job[],
): Promise<Inspection> {
  const owners = new Set(jobs.flatMap(({ id, conversation }) => [id, conversation]));
  const keys = await redis.keys('*');
  const counts: Partial<Record<KeyKind, number>> = {};
  const problems: string[] = [];
  for (const key of keys) {
    const kind = kindOfKey(key, queues);
    counts[kind] = (counts[kind] ?? 0) + 1;
    const owner = ownerOfKey(key);
    if (kind === 'task' || kind === 'unfinished' || kind === 'unknown') {
      problems.push(`${key} is left (${kind})`);
    } else if (kind === 'expiring' && (await redis.pttl(key)) < 0) {
      problems.push(`${key} never expires`);
    } else if (owner !== undefined && !owners.has(owner)) {
      problems.push(`${key} is nobody’s`);
    }
  }
  for (const id of new Set(jobs.map(({ conversation }) => conversation))) {
    const state = await store.readConversation(id);
    const isIdle = state?.active === null && state.line.count === 0;
    if (!isIdle) problems.push(`conversation ${id} is busy: ${JSON.stringify(state)}`);
  }
  return { keys: counts, problems };
}
