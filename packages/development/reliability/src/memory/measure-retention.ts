import { setTimeout as delay } from 'node:timers/promises';
import { createKeys } from '@pawl/store';
import { callOf, promptOf } from '../testbed/prompts.ts';
import { hasEnded, type Namespace, queues } from '../testbed/namespace.ts';
import type { Testbed } from '../testbed/testbed.ts';
import { usedMemory } from './measure-job.ts';

export interface RedisSize {
  readonly keys: number;
  /** `used_memory`, in bytes. */
  readonly bytes: number;
}

export interface RetentionMeasurement {
  readonly before: RedisSize;
  /** When the jobs had ended. */
  readonly full: RedisSize;
  /** When the retention of all of them was over, and their events too. */
  readonly after: RedisSize;
  /** The names of keys that were not there before. */
  readonly added: readonly string[];
  readonly madePerSecond: number;
  readonly erasedPerSecond: number;
}

/** Jobs that are worked on at a time, and users that they belong to. */
const atOnce = 20;
const users = 10;

/** How long events are kept, in milliseconds. */
const eventAge = 1_000;

/** How long Redis may take to be as small as it was, in milliseconds. */
const patience = 120_000;

/** Lets jobs with a tool call each end, then their retention; looks at all of a Redis that holds nothing else. */
export async function measureRetention(
  testbed: Testbed,
  jobs: number,
): Promise<RetentionMeasurement> {
  const events = { age: eventAge, count: 10_000 };
  const namespace = testbed.openNamespace({ events });
  await testbed.startWorker(namespace, { kept: { jobs: 86_400_000, events } });
  // What is there once only, such as scripts, BullMQ's own keys and the month's usage, is there before.
  await beginStreams(namespace);
  await makeJobs(namespace, Math.min(jobs, 400));
  await eraseAll(namespace);
  await settle(namespace);
  const known = await keysOf(namespace);
  const before = await sizeOf(namespace, known);
  const madeIn = await timed(() => makeJobs(namespace, jobs));
  const full = await sizeOf(namespace);
  const erasedIn = await timed(() => eraseAll(namespace));
  await settle(namespace);
  await until(async () => {
    const now = await sizeOf(namespace);
    return now.keys === before.keys && Math.abs(now.bytes / before.bytes - 1) < 0.02;
  }).catch(() => undefined);
  const left = await keysOf(namespace);
  const after = await sizeOf(namespace, left);
  return {
    before,
    full,
    after,
    added: left.filter((key) => !known.includes(key)),
    madePerSecond: jobs / madeIn,
    erasedPerSecond: jobs / erasedIn,
  };
}

/** BullMQ keeps what is rare in a short stream for each queue, such as that a task has stalled: it may come at any time. */
async function beginStreams({ redis, name }: Namespace): Promise<void> {
  const { tag } = createKeys(name);
  for (const queue of queues) await redis.xadd(`${tag(0)}:${queue}:events`, '*', 'event', 'none');
}

async function makeJobs(namespace: Namespace, count: number): Promise<void> {
  let made = 0;
  const one = async (): Promise<void> => {
    while (made < count) {
      made += 1;
      const user = `u${made % users}`;
      const prompt = promptOf(user, [[callOf('reads', 'is:unread')]]);
      const { id } = await namespace.post({ user, prompt });
      await namespace.when(id, hasEnded);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
}

/** Lets the time of all ended jobs come, and waits until the worker has erased them. */
async function eraseAll({ redis, name }: Namespace): Promise<void> {
  const retained = createKeys(name).retained(0);
  await redis.call('ZUNIONSTORE', retained, 1, retained, 'WEIGHTS', 0);
  await until(async () => (await redis.zcard(retained)) === 0);
}

/** Until the events of what has ended are gone too. What counts the jobs of the last minute goes at once. */
async function settle({ redis, name }: Namespace): Promise<void> {
  const keys = createKeys(name);
  await redis.del(keys.accepted(0, 'default'));
  await until(async () => (await redis.exists(keys.eventsOf(0, 'default'))) === 0);
}

async function sizeOf(namespace: Namespace, keys?: readonly string[]): Promise<RedisSize> {
  const { length } = keys ?? (await keysOf(namespace));
  return { keys: length, bytes: await usedMemory(namespace.redis) };
}

/** How long the leases of workers and BullMQ's notes last at most, which come and go, in milliseconds. */
const brief = 60_000;

/** All keys but those that go by themselves soon. */
async function keysOf({ redis }: Namespace): Promise<string[]> {
  const keys = await redis.keys('*');
  const expiries = await Promise.all(keys.map((key) => redis.pttl(key)));
  // -1: never. -2: gone meanwhile.
  return keys.filter((_, place) => {
    const expiry = expiries[place] ?? -2;
    return expiry === -1 || expiry > brief;
  });
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + patience;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error('Redis did not become as it should');
    await delay(100);
  }
}

async function timed(act: () => Promise<void>): Promise<number> {
  const begun = performance.now();
  await act();
  return (performance.now() - begun) / 1_000;
}
