import type { Queue } from 'bullmq';
import { catalogue, type TaskKind, taskKinds } from './catalogue.ts';

/** What stands on one of BullMQ's queues in one shard. Parked tasks are not there: see `ShareUsage`. */
export interface QueueDepth {
  readonly kind: TaskKind;
  /** The queue's name, such as `turns`. */
  readonly queue: string;
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
  /** Since when the oldest of those that wait could run, in milliseconds since 1970. */
  readonly oldestWaiting?: number;
}

/** Reads the depths of a shard's queues. Three reads a queue, however long it is. */
export async function readQueueDepths(queueOf: (kind: TaskKind) => Queue): Promise<QueueDepth[]> {
  return Promise.all(
    taskKinds.map(async (kind) => {
      const queue = queueOf(kind);
      const [counts, first, last] = await Promise.all([
        queue.getJobCounts('waiting', 'prioritized', 'active', 'delayed'),
        // What got a share is added at the one end, what waited for its time at the other.
        queue.getJobs(['waiting'], 0, 0, true),
        queue.getJobs(['waiting'], 0, 0, false),
      ]);
      const times = [...first, ...last].flatMap((task) =>
        // A task that is taken meanwhile is read as nothing.
        typeof task?.timestamp === 'number' ? [task.timestamp + (task.opts.delay ?? 0)] : [],
      );
      return {
        kind,
        queue: catalogue[kind].queue,
        waiting: (counts['waiting'] ?? 0) + (counts['prioritized'] ?? 0),
        active: counts['active'] ?? 0,
        delayed: counts['delayed'] ?? 0,
        ...(times.length === 0 ? {} : { oldestWaiting: Math.min(...times) }),
      };
    }),
  );
}
