import { linksOf, defaultRules, type Engine, type Rules } from '@pawl/engine';
import { createTaskQueue, createTaskScript } from '@pawl/queue';
import { connectRedis, whenRedisReady } from '@pawl/runtime';
import { createKeys, createStore, type PawlStore, type Retention } from '@pawl/store';
import { testShards } from '@pawl/testing';

/**
 * What a test needs to post jobs and to look at them, beside the workers that it starts.
 *
 * Not `composeWorker`: that makes `Date.now()` of its process follow Redis for good, and the test files share a process.
 */
export async function connectEngine(
  redisUrl: string,
  {
    name = 'pawl',
    rules = defaultRules,
    retention = { jobs: { age: 3_600_000 } },
    shards = testShards,
    ...settings
  }: {
    name?: string;
    rules?: Rules;
    silence?: number;
    retention?: Retention;
    shards?: number;
  } = {},
) {
  const redis = connectRedis(redisUrl, 'worker', settings);
  const subscriber = connectRedis(redisUrl, 'subscriber', settings);
  await whenRedisReady(redis, 60_000);
  const keys = createKeys(name);
  const store = createStore({
    redis,
    subscriber,
    shards,
    name,
    retention,
    tasks: createTaskScript(keys),
  });
  const queue = createTaskQueue({ connection: redis, keys, shards });
  const engine: Engine<PawlStore> = {
    store,
    queue,
    rules,
    now: Date.now,
    random: Math.random,
    onLostWake: () => undefined,
    links: linksOf('http://localhost:3000'),
  };
  return {
    redis,
    keys,
    store,
    queue,
    engine,
    async close() {
      await queue.close();
      for (const each of [redis, subscriber]) each.disconnect();
    },
  };
}
