import type { TestRedis } from '@pawl/testing';
import { Queue, Worker } from 'bullmq';
import { afterAll } from 'vitest';
import { createTaskQueue } from '../src/index.ts';

export const now = 1_700_000_000_000;
export const capacity = { nominal: 2, reserve: 2, groupLimit: 0 };

/** Queues of ours and of BullMQ's, and what stands in them; they are closed after the file's tests. */
export function queuesBeside(redis: TestRedis) {
  const closing: (() => Promise<unknown>)[] = [];
  afterAll(async () => {
    for (const close of closing.toReversed()) await close();
  });

  /** Our queues, with slots. */
  async function openTasks(tag: string) {
    const tasks = createTaskQueue({
      connection: redis.redis,
      keys: { tag: () => tag, timedSchedules: () => `${tag}:timed-schedules` },
      shards: 1,
      now: () => now,
    });
    closing.push(() => tasks.close());
    const slots = { turn: capacity, tool_call: capacity, webhook: capacity, schedule: capacity };
    await tasks.announceSlots('worker', slots);
    return tasks;
  }

  /** BullMQ's own queue of turns. */
  function openQueue(prefix: string): Queue {
    const streams = { events: { maxLen: 1_000 } };
    const queue = new Queue('turns', { connection: redis.redis, prefix, streams });
    closing.push(() => queue.close());
    return queue;
  }

  /** Every key of a BullMQ queue with what stands in it, but for times that Redis gave. */
  async function contentsOf(prefix: string): Promise<Record<string, unknown>> {
    const names = (await redis.keys()).filter((key) => key.startsWith(`${prefix}:turns:`));
    const contents = names.map(async (name) => {
      const short = name.slice(prefix.length);
      switch (await redis.redis.type(name)) {
        case 'hash':
          return [short, await redis.redis.hgetall(name)];
        case 'list':
          return [short, await redis.redis.lrange(name, 0, -1)];
        case 'zset':
          return [short, await redis.redis.zrange(name, 0, '-1', 'WITHSCORES')];
        case 'stream':
          return [short, (await redis.redis.xrange(name, '-', '+')).map(([, fields]) => fields)];
        default:
          return [short, await redis.redis.get(name)];
      }
    });
    return Object.fromEntries((await Promise.all(contents)) as [string, unknown][]) as Record<
      string,
      unknown
    >;
  }

  /** BullMQ's own worker of turns, which takes a task when it is asked to. */
  function openWorker(prefix: string, lockDuration = 60_000): Worker {
    const worker = new Worker('turns', null, {
      connection: redis.connect(),
      prefix,
      lockDuration,
    });
    closing.push(() => worker.close());
    return worker;
  }

  return { openTasks, openQueue, openWorker, contentsOf };
}

/** The options of tasks as JSON, without the times that the other queue was told, or took from its clock. */
function withOptions(contents: Record<string, unknown>) {
  return Object.fromEntries(
    Object.entries(contents).map(([key, value]) => {
      const {
        opts,
        processedOn: _on,
        ...fields
      } = value as { opts?: string; processedOn?: string };
      if (opts === undefined) return [key, value];
      const { timestamp: _, ...rest } = JSON.parse(opts) as { timestamp?: number };
      return [key, { ...fields, opts: rest }];
    }),
  );
}

/** The same without what BullMQ writes for nothing that our tasks need, and ours do without. */
export function needed(contents: Record<string, unknown>) {
  const {
    // Draws a number for each id, which tasks bring themselves.
    ':turns:id': _number,
    // Says that a task waits: one that is taken at once waits for nobody.
    ':turns:marker': _sign,
    // Tells of each task to whoever listens.
    ':turns:events': _told,
    ...others
  } = withOptions(contents);
  return others;
}
