import type { Task } from '@pawl/contracts';
import type { Capacity, Share, TaskQueue, Wake, Woken } from '@pawl/engine';
import type { RedisConnection } from '@pawl/runtime';
import { Queue } from 'bullmq';
import {
  catalogue,
  type Ownership,
  ownershipOf,
  taskId,
  type TaskKind,
  taskKinds,
  taskOptions,
} from './catalogue.ts';
import { createTimers, repeatStrategy } from './create-timers.ts';
import { type QueueDepth, readQueueDepths } from './queue-depth.ts';
import {
  createRunShares,
  defineScript,
  type ShareAnswer,
  type ShareOperation,
} from './shares/run-shares.ts';
import { dataOf, operationOn, requestOf, shardOf } from './task-changes.ts';
import { createShareUsage, type ShareUsage } from './shares/share-usage.ts';

/** BullMQ did not take a task that it was given. */
export class TaskRefusedError extends Error {
  override readonly name = 'TaskRefusedError';
}

/** The names of keys that tasks share with the store. */
export interface TaskQueueKeys {
  /** The hash tag of a shard, which is BullMQ's prefix for it. */
  readonly tag: (shard: number) => string;
  /** The sorted set of the schedules that need a timer. */
  readonly timedSchedules: (shard: number) => string;
}

export interface TaskQueueSettings {
  /** A producer's connection: adding fails at once while Redis is away. */
  readonly connection: RedisConnection;
  readonly keys: TaskQueueKeys;
  readonly shards: number;
  readonly now?: () => number;
}

/** One of BullMQ's queues; all shards have queues of the same names. */
export interface BullQueue {
  readonly shard: number;
  readonly queue: Queue;
}

/** The slots of one worker, in each shard. */
export type WorkerSlots = Readonly<Record<TaskKind, Capacity>>;

/** The engine's port, and what workers need of it. */
export interface PawlTaskQueue extends TaskQueue {
  /** A share for a task that has come to a worker without one, since its time has come. False: there is none now. */
  takeShare(task: Task, ownership: Ownership): Promise<boolean>;
  /** The same where the task can wait: it is parked until there is a share for it, and then runs anew. */
  wakeAgain(task: Task, ownership: Ownership): Promise<void>;
  /** Gives a share back, and starts the tasks whose turn it is. */
  giveBack(share: Share): Promise<void>;
  /** Says that a worker lives, and how many slots it has in each shard; null: none any more. */
  announceSlots(worker: string, slots: WorkerSlots | null): Promise<void>;
  /** Who holds shares in a shard and who waits for one, by kind of task: for metrics. */
  shareUsage(shard: number): Promise<ShareUsage[]>;
  /** What stands on BullMQ's queues of a shard: for metrics. */
  depths(shard: number): Promise<QueueDepth[]>;
  /** BullMQ's own queues of every shard, for a dashboard. */
  readonly bullQueues: readonly BullQueue[];
  close(): Promise<void>;
}

/** BullMQ's own event streams serve dashboards only. */
const eventsKept = 1_000;

/** A worker that said nothing for this long has no slots any more, in milliseconds. */
const silence = 15_000;

/**
 * Puts tasks on BullMQ's queues: at once where their owner gets a share of the workers' slots, else when one is given
 * back. A task that is there already is swallowed by its id.
 */
export function createTaskQueue({
  connection,
  keys,
  shards,
  now = Date.now,
}: TaskQueueSettings): PawlTaskQueue {
  const runShares = createRunShares(connection);
  const usageOf = createShareUsage(connection);
  const announce = defineScript(connection, 'announce-slots', 2);
  const queues = new Map<string, Queue>();
  const bullQueues: BullQueue[] = [];
  for (let shard = 0; shard < shards; shard += 1) {
    for (const kind of taskKinds) {
      const queue = new Queue(catalogue[kind].queue, {
        connection,
        prefix: keys.tag(shard),
        skipWaitingForReady: true,
        settings: { repeatStrategy },
        streams: { events: { maxLen: eventsKept } },
      });
      // The connection's owner logs its outages, and a failed add rejects.
      queue.on('error', () => undefined);
      queues.set(`${kind} ${shard}`, queue);
      bullQueues.push({ shard, queue });
    }
  }

  function queueNamed(name: string): Queue {
    const queue = queues.get(name);
    if (queue !== undefined) return queue;
    throw new TaskRefusedError(`there is no queue "${name}": PAWL_SHARDS is ${shards}`);
  }

  async function add(kind: TaskKind, shard: number, entries: readonly Entry[]): Promise<void> {
    const queue = queueNamed(`${kind} ${shard}`);
    const jobs = entries.map(({ id, data, delay }) => ({
      name: kind,
      data,
      opts: { jobId: id, ...taskOptions(kind, delay) },
    }));
    const [first, ...others] = jobs;
    if (first === undefined) return;
    const added =
      others.length === 0
        ? [await queue.add(first.name, first.data, first.opts)]
        : await queue.addBulk(jobs);
    for (const [position, { id }] of entries.entries()) {
      if (added[position]?.id !== id) {
        throw new TaskRefusedError(`BullMQ did not take the task ${id}`);
      }
    }
  }

  async function addAll(shard: number, entries: ReadonlyMap<TaskKind, Entry[]>): Promise<void> {
    await Promise.all([...entries].map(([kind, each]) => add(kind, shard, each)));
  }

  /** Runs the operations, which adds the tasks that get a share by them. */
  async function exchange(
    shard: number,
    operations: readonly ShareOperation[],
  ): Promise<ShareAnswer[]> {
    return operations.length === 0 ? [] : runShares(keys.tag(shard), operations, now());
  }

  async function wakeShard(shard: number, wakes: readonly Wake[]): Promise<Woken> {
    const time = now();
    const due = wakes.filter(({ at }) => at <= time);
    const later = wakes.filter(({ at }) => at > time);
    const [answers] = await Promise.all([
      exchange(
        shard,
        due.map((wake) => requestOf('enter', wake.task, ownershipOf(wake))),
      ),
      addAll(
        shard,
        groupByKind(later, (wake) => ({
          kind: wake.task.kind,
          entry: { id: taskId(wake.task), data: dataOf(wake), delay: wake.at - time },
        })),
      ),
    ]);
    const parked = new Set(
      answers.flatMap(({ outcome, id }) => (outcome === 'parked' ? [id] : [])),
    );
    return {
      parked: due.flatMap(({ task }) => (parked.has(taskId(task)) ? [task] : [])),
    };
  }

  return {
    ...createTimers({
      connection,
      queueOf: (shard) => queueNamed(`schedule ${shard}`),
      wantedKeyOf: keys.timedSchedules,
    }),
    async wake(wakes) {
      const shardsOfWakes = new Set(wakes.map(({ task }) => shardOf(task)));
      const woken = await Promise.all(
        [...shardsOfWakes].map((shard) =>
          wakeShard(
            shard,
            wakes.filter(({ task }) => shardOf(task) === shard),
          ),
        ),
      );
      return { parked: woken.flatMap(({ parked }) => parked) };
    },
    async takeShare(task, ownership) {
      const wanted = [requestOf('try', task, ownership)];
      const [answer] = await runShares(keys.tag(shardOf(task)), wanted, now());
      return answer?.outcome === 'granted';
    },
    async wakeAgain(task, ownership) {
      await exchange(shardOf(task), [requestOf('enter', task, ownership)]);
    },
    async giveBack(share) {
      if (!share.isHeld) return;
      share.isHeld = false;
      await exchange(shardOf(share.task), [operationOn('leave', share.task)]);
    },
    async announceSlots(worker, slots) {
      const time = now();
      const words = Object.entries(slots ?? {}).flatMap(([kind, capacity]) => {
        const { nominal, reserve, groupLimit } = capacity;
        return [catalogue[kind as TaskKind].queue, nominal, reserve, groupLimit];
      });
      await Promise.all(
        Array.from({ length: shards }, async (_, shard) => {
          const tag = keys.tag(shard);
          const names = [`${tag}:shares:workers`, `${tag}:shares:capacity`];
          await announce(...names, worker, time, time - silence, ...words);
        }),
      );
    },
    async sweepShares(shard, before) {
      const pools = taskKinds.map((kind) => catalogue[kind].queue);
      const operations = pools.map((pool) => ({ kind: 'sweep', pool, before }) as const);
      return (await exchange(shard, operations)).length;
    },
    depths: (shard) => readQueueDepths((kind) => queueNamed(`${kind} ${shard}`)),
    bullQueues,
    shareUsage: (shard) => usageOf(keys.tag(shard)),
    async close() {
      await Promise.all([...queues.values()].map((queue) => queue.close()));
    },
  };
}

/** A task as it is added to BullMQ; the delay is milliseconds. */
interface Entry {
  readonly id: string;
  readonly data: object;
  readonly delay: number;
}

function groupByKind<Item>(
  items: readonly Item[],
  read: (item: Item) => { kind: TaskKind; entry: Entry },
): Map<TaskKind, Entry[]> {
  const groups = new Map<TaskKind, Entry[]>();
  for (const item of items) {
    const { kind, entry } = read(item);
    const group = groups.get(kind);
    if (group === undefined) groups.set(kind, [entry]);
    else group.push(entry);
  }
  return groups;
}
