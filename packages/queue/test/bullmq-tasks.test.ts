import { newId } from '@pawl/contracts';
import { testRedis } from '@pawl/testing';
import { Queue, Worker } from 'bullmq';
import { afterAll, expect, test } from 'vitest';
import { taskOptions } from '../src/catalogue.ts';
import { createTaskQueue } from '../src/index.ts';
import { createRunShares } from '../src/shares/run-shares.ts';

const redis = testRedis();
const closing: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const close of closing.toReversed()) await close();
});

const capacity = { nominal: 2, reserve: 2, groupLimit: 0 };
const now = 1_700_000_000_000;

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
function needed(contents: Record<string, unknown>) {
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

test('a task that gets a share stands in BullMQ as BullMQ itself would have added it', async () => {
  const [ours, theirs] = ['ours', 'theirs'].map((name) => `{${redis.namespace}:${name}}`);
  const [first, second] = [newId('job', 0), newId('job', 0)];
  const tasks = await openTasks(`${ours}`);
  const owner = { tenant: 'default', group: 'Zoë “\n”' };
  for (const job of [first, second]) {
    const task = { kind: 'turn', job, since: 1 } as const;
    await tasks.wake([{ task, at: 0, priority: 0, owner }]);
  }

  const queue = openQueue(`${theirs}`);
  for (const { queue: pool, shard } of tasks.bullQueues) {
    if (shard !== 0 || pool.name !== 'turns') continue;
    for (const added of (await pool.getWaiting()).toReversed()) {
      const options = { jobId: `${added.id}`, ...taskOptions('turn'), timestamp: now };
      await queue.add('turn', added.data, options);
    }
  }
  const [added, expected] = [await contentsOf(`${ours}`), await contentsOf(`${theirs}`)];
  expect(Object.keys(added)).toContain(`:turns:${first}.turn.1`);
  expect(needed(added)).toEqual(needed(expected));
  expect(added[':turns:marker']).toEqual(expected[':turns:marker']);
});

test('a task that is started, and then ended, stands in BullMQ as its own worker would have done it', async () => {
  const [ours, theirs] = ['ours-taken', 'theirs-taken'].map(
    (name) => `{${redis.namespace}:${name}}`,
  );
  const id = `${newId('job', 0)}.turn.1`;
  await openTasks(`${ours}`);
  const run = createRunShares(redis.redis);
  const lock = { token: 'token', duration: 60_000 };
  const payload = '{"kind":"turn","text":"“…”"}';
  const ownership = { tenant: 'default', group: 'user', priority: 0 };
  const operation = { kind: 'start', pool: 'turns', id, ownership, payload, lock } as const;
  expect(await run(`${ours}`, [operation], now)).toEqual([
    { outcome: 'started', pool: 'turns', id },
  ]);

  const queue = openQueue(`${theirs}`);
  const worker = new Worker('turns', null, {
    connection: redis.connect(),
    prefix: `${theirs}`,
    lockDuration: lock.duration,
  });
  closing.push(() => worker.close());
  const data: unknown = JSON.parse(payload);
  await queue.add('turn', data, { jobId: id, ...taskOptions('turn'), timestamp: now });
  const taken = await worker.getNextJob(lock.token, { block: false });
  const expected = needed(await contentsOf(`${theirs}`));
  expect(needed(await contentsOf(`${ours}`))).toEqual(expected);
  expect(Object.keys(expected)).toContain(`:turns:${id}:lock`);

  await run(`${ours}`, [{ kind: 'finish', pool: 'turns', id, token: lock.token }], now);
  await taken?.moveToCompleted(null, lock.token, false);
  const left = needed(await contentsOf(`${theirs}`));
  expect(needed(await contentsOf(`${ours}`))).toEqual(left);
});

test('what BullMQ tells of the tasks that its workers take is kept short', async () => {
  const tag = `{${redis.namespace}:told}`;
  const tasks = await openTasks(tag);
  const events = `${tag}:turns:events`;
  await redis.redis.hset(`${tag}:turns:meta`, 'opts.maxLenEvents', '100');
  for (let number = 0; number < 1_000; number += 1) await redis.redis.xadd(events, '*', 'a', 'b');
  const task = { kind: 'turn', job: newId('job', 0), since: 1 } as const;
  await tasks.wake([{ task, at: 0, priority: 0, owner: { tenant: 'default', group: 'user' } }]);
  expect(await redis.redis.xlen(events)).toBeLessThan(300);
});
