import { connectRedis, whenRedisReady } from '@pawl/runtime';
import { createKeys, createStore } from '@pawl/store';
import { testRedis } from '@pawl/testing';
import { afterAll, expect, test } from 'vitest';
import { sweepWithLease } from '../src/sweep-loop.ts';

const redis = testRedis();
const name = redis.namespace;
const keys = createKeys(name);
const interval = 3_600_000;

/** A worker with a connection of its own, and what its sweeps leave behind. */
async function startSweeper(workerId: string, swept: string[]) {
  const connection = connectRedis(redis.url, 'worker');
  afterAll(() => connection.disconnect());
  await whenRedisReady(connection, 60_000);
  const settings = {
    redis: connection,
    subscriber: connection,
    // It sweeps whichever it is told to.
    shards: 1,
    name,
    retention: { jobs: { age: 0 } },
  };
  const sweeper = { engine: { store: createStore(settings) }, workerId, interval };
  return (shard: number) =>
    sweepWithLease(sweeper, shard, async () => void swept.push(`${workerId} ${shard}`));
}

test('of sweepers that meet at a shard one sweeps it, and the others are back when its lease runs out', async () => {
  const swept: string[] = [];
  const names = ['one', 'two', 'three'];
  const sweepers = await Promise.all(names.map((each) => startSweeper(each, swept)));
  const rests = await Promise.all(sweepers.map((sweep) => sweep(0)));
  expect(swept).toHaveLength(1);
  const winner = names.findIndex((each) => swept[0] === `${each} 0`);
  expect(rests[winner]).toBe(interval);
  const others = rests.filter((_, index) => index !== winner);
  for (const rest of others) {
    expect(rest).toBeGreaterThan(interval / 2);
    expect(rest).toBeLessThan(interval + 1_000);
  }

  const next = sweepers.find((_, index) => index !== winner);
  await redis.redis.pexpire(keys.sweepLease(0), 1);
  await expect.poll(() => redis.redis.exists(keys.sweepLease(0))).toBe(0);
  expect(await next?.(0)).toBe(interval);
  expect(swept).toHaveLength(2);
  expect(swept[1]).not.toBe(swept[0]);
});

test('a shard that one worker sweeps keeps nobody from another shard', async () => {
  const swept: string[] = [];
  const [one, two] = [await startSweeper('four', swept), await startSweeper('five', swept)];
  await one(1);
  await two(2);
  expect(swept).toEqual(['four 1', 'five 2']);
});
