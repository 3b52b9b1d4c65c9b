import { shardOfId } from '@pawl/contracts';
import type { TaskQueue, Wake } from '@pawl/engine';
import type { RedisConnection } from '@pawl/runtime';
import { Queue, type BulkJobOptions } from 'bullmq';
import { backOff, catalogue, subjectOf, taskId, taskKinds } from './catalogue.ts';
import { createTimers, repeatStrategy } from './create-timers.ts';

/** BullMQ did not take a task that it was given. */
export class TaskRefusedError extends Error {
  override readonly name = 'TaskRefusedError';
}

export interface TaskQueueSettings {
  /** A producer's connection: adding fails at once while Redis is away. */
  readonly connection: RedisConnection;
  /** The hash tag of a shard, which is BullMQ's prefix for it. */
  readonly prefixOf: (shard: number) => string;
  readonly shards: number;
  readonly now?: () => number;
}

/** BullMQ's own event streams serve dashboards only. */
const eventsKept = 1_000;

/** Puts tasks on BullMQ's queues. A task that is there already is swallowed by its id. */
export function createTaskQueue({
  connection,
  prefixOf,
  shards,
  now = Date.now,
}: TaskQueueSettings): TaskQueue & { close(): Promise<void> } {
  const queues = new Map<string, Queue>();
  for (let shard = 0; shard < shards; shard += 1) {
    for (const kind of taskKinds) {
      const queue = new Queue(catalogue[kind].queue, {
        connection,
        prefix: prefixOf(shard),
        skipWaitingForReady: true,
        settings: { repeatStrategy },
        streams: { events: { maxLen: eventsKept } },
      });
      // The connection's owner logs its outages, and a failed add rejects.
      queue.on('error', () => undefined);
      queues.set(`${kind} ${shard}`, queue);
    }
  }

  function queueNamed(name: string): Queue {
    const queue = queues.get(name);
    if (queue !== undefined) return queue;
    throw new TaskRefusedError(`there is no queue "${name}": PAWL_SHARDS is ${shards}`);
  }

  async function add(name: string, wakes: readonly Wake[]): Promise<void> {
    const queue = queueNamed(name);
    const entries = wakes.map((wake) => ({
      name: wake.task.kind,
      data: wake.task,
      opts: optionsOf(wake, now()),
    }));
    const [first, ...others] = entries;
    if (first === undefined) return;
    const added =
      others.length === 0
        ? [await queue.add(first.name, first.data, first.opts)]
        : await queue.addBulk(entries);
    for (const [position, { opts }] of entries.entries()) {
      if (added[position]?.id !== opts.jobId) {
        throw new TaskRefusedError(`BullMQ did not take the task ${opts.jobId}`);
      }
    }
  }

  return {
    ...createTimers(connection, (shard) => queueNamed(`schedule ${shard}`)),
    async wake(wakes) {
      const names = [...new Set(wakes.map(queueName))];
      await Promise.all(
        names.map((name) =>
          add(
            name,
            wakes.filter((wake) => queueName(wake) === name),
          ),
        ),
      );
    },
    async close() {
      await Promise.all([...queues.values()].map((queue) => queue.close()));
    },
  };
}

function queueName({ task }: Wake): string {
  return `${task.kind} ${shardOfId(subjectOf(task))}`;
}

function optionsOf({ task, at, priority }: Wake, now: number): BulkJobOptions & { jobId: string } {
  const delay = Math.max(0, at - now);
  return {
    jobId: taskId(task),
    attempts: catalogue[task.kind].attempts,
    backoff: backOff,
    removeOnComplete: true,
    removeOnFail: true,
    ...(delay > 0 ? { delay } : {}),
    ...(priority > 0 ? { priority } : {}),
  };
}
