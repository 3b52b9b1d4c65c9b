import { newId } from '@pawl/contracts';
import type { Capacity, Share, TaskChanges, Wake } from '@pawl/engine';
import { type TestRedis, waitFor } from '@pawl/testing';
import { Queue } from 'bullmq';
import { afterAll } from 'vitest';
import {
  createTaskQueue,
  createTaskScript,
  createTaskWorker,
  type TaskHandler,
  type TaskWorker,
} from '../src/index.ts';
import { changeTasks } from '../src/shares/run-shares.ts';

/** What a commit does to tasks, without the commit. */
const change = `${changeTasks}
local before, last = tonumber(ARGV[3]), #ARGV
local answer = change_tasks(ARGV[1], ARGV[2], ARGV, 4, 3 + before)
if before > 0 and answer[#answer - 2] ~= 'started' then return 0 end
local _, taken = change_tasks(ARGV[1], ARGV[2], ARGV, 4 + before, last)
return taken or 1`;

const plenty: Capacity = { nominal: 10, reserve: 0, groupLimit: 0 };
export const lock = { token: 'worker:next:1', duration: 60_000 };

/** Queues of turns and workers for them, in the file's own Redis; they are closed after its tests. */
export function turnQueues(redis: TestRedis) {
  const closing: (() => Promise<unknown>)[] = [];
  afterAll(async () => {
    for (const close of closing.toReversed()) await close();
  });
  let namespaces = 0;

  /** A queue, in which so many tasks may run. */
  async function openQueue(capacity = plenty) {
    const prefix = `{${redis.namespace}:${(namespaces += 1)}}`;
    const queue = createTaskQueue({
      connection: redis.redis,
      keys: { tag: () => prefix, timedSchedules: () => `${prefix}:timed-schedules` },
      shards: 1,
    });
    const tasks = createTaskScript({ tag: () => prefix });
    async function run(changes: Partial<TaskChanges>): Promise<unknown> {
      const words = tasks.wordsOf({ wakes: [], over: [], ...changes });
      if (words === undefined) return 1;
      const { tag, now, before, after } = words;
      const values = [tag, now, before.length, ...before, ...after];
      return redis.redis.eval(change, 1, tag, ...values);
    }
    /** Changes tasks as a commit does; answers whether that would be written. */
    const commit = async (changes: Partial<TaskChanges>) => (await run(changes)) !== 0;
    /** Changes tasks as the commit does that a running task ends with. */
    async function end(share: Share, changes: Partial<TaskChanges> = {}): Promise<void> {
      const answer = await run({ ...changes, ending: { ...share } });
      share.onCompleted?.(Array.isArray(answer) ? answer : undefined);
      share.isHeld = false;
    }
    /** Starts a task in a worker; answers what runs it, undefined where it has not started. */
    async function startIn(worker: TaskWorker<'turn'>, wake: Wake) {
      const reserved = worker.reserve(wake);
      if (reserved === undefined) return undefined;
      if (await commit({ start: { wake, lock: reserved.lock } })) return reserved.run;
      reserved.free(true);
      return undefined;
    }
    const turns = new Queue('turns', { connection: redis.redis, prefix });
    closing.push(
      () => queue.close(),
      () => turns.close(),
    );
    await queue.announceSlots('worker', {
      turn: capacity,
      tool_call: capacity,
      webhook: capacity,
      schedule: capacity,
    });
    /** What is kept of shares, and of tasks. */
    const left = async () =>
      (await redis.keys()).filter(
        (key) => key.startsWith(prefix) && /:shares:turns|job_/.test(key),
      );
    return { prefix, queue, turns, left, commit, end, startIn };
  }

  function startWorker(
    { queue, prefix }: Pick<Awaited<ReturnType<typeof openQueue>>, 'queue' | 'prefix'>,
    handle: TaskHandler<'turn'>,
    { owner = 'worker', slots = plenty, lockDuration = 60_000 } = {},
  ) {
    const errors: Error[] = [];
    const worker = createTaskWorker({
      kind: 'turn',
      connection: redis.connect(),
      prefix,
      owner,
      queue,
      slots,
      lockDuration,
      stalledInterval: 60_000,
      handle,
      onError: (error) => errors.push(error),
    });
    closing.push(() => worker.drain());
    return { worker, errors };
  }

  /** Waits until the lock of a task has been renewed twice, and tells how little it had left at the least. */
  async function renewedTwice({ prefix }: { prefix: string }, id: string): Promise<number> {
    const lives: number[] = [];
    await waitFor(
      async () => {
        lives.push(await redis.redis.pttl(`${prefix}:turns:${id}:lock`));
        return (
          lives.filter((life, index) => index > 0 && life > (lives[index - 1] ?? 0)).length > 1
        );
      },
      { what: 'the lock to be renewed' },
    );
    return Math.min(...lives);
  }

  return { openQueue, startWorker, renewedTwice };
}

export function turnOf(tenant = 'a') {
  const job = newId('job', 0);
  const wake: Wake = {
    task: { kind: 'turn', job, since: 1 },
    at: 0,
    priority: 0,
    owner: { tenant, group: 'user' },
  };
  return { job, wake, id: `${job}.turn.1`, share: { task: wake.task, isHeld: true } as Share };
}

/** A handler that runs until it is told to end, and the jobs that it has begun. */
export function holding() {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const handle: TaskHandler<'turn'> = async ({ job }) => {
    begun.push(job);
    await new Promise<void>((resolve) => ends.set(job, resolve));
    return { kind: 'done' };
  };
  return { begun, handle, end: (job: string) => ends.get(job)?.() };
}
