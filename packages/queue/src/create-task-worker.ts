import { AsyncResource } from 'node:async_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import type { Capacity, HashFields, Share, TaskLock, Wake } from '@pawl/engine';
import { ShortLivedMap } from '@pawl/contracts';
import type { RedisConnection } from '@pawl/runtime';
import { DelayedError, type Job, type JobJson } from 'bullmq';
import {
  catalogue,
  type Ownership,
  parseTaskData,
  type TaskKind,
  taskId,
  taskOptions,
  type TaskOf,
} from './catalogue.ts';
import type { PawlTaskQueue } from './create-task-queue.ts';
import { repeatStrategy } from './create-timers.ts';
import { bullmqTasks } from './shares/bullmq-tasks.ts';
import { defineScript, wordsOfTake } from './shares/run-shares.ts';
import { dataOf } from './task-changes.ts';
import { type TakenTask, UnhurriedWorker } from './unhurried-worker.ts';

/** Done, or not before `at` (milliseconds since 1970). */
export type Handled = { readonly kind: 'done' } | { readonly kind: 'later'; readonly at: number };

export type TaskHandler<Kind extends TaskKind> = (
  task: TaskOf<Kind>,
  running: RunningTask,
) => Promise<Handled>;

export interface TaskWorkerSettings<Kind extends TaskKind> {
  readonly kind: Kind;
  /** A worker's connection: it waits for Redis to come back. */
  readonly connection: RedisConnection;
  readonly prefix: string;
  /** Whose the locks are: see {@link TaskWorker.takeOver}. */
  readonly owner: string;
  /** Where shares come from, and go back to. */
  readonly queue: Pick<PawlTaskQueue, 'takeShare' | 'giveBack' | 'wakeAgain'>;
  readonly slots: Capacity;
  /** What is read of what a task is about, in the run in which the task is taken: see {@link RunningTask.read}. */
  readonly reads?: HashFields | undefined;
  /** A lock that is not renewed for so long is lost, in milliseconds. */
  readonly lockDuration: number;
  /** How often lost locks are looked for, in milliseconds. */
  readonly stalledInterval: number;
  readonly handle: TaskHandler<Kind>;
  /** Told of handlers that threw, of lost locks, and of BullMQ's own errors. */
  readonly onError: (error: Error, task: { readonly id: string } | undefined) => void;
}

export interface RunningTask {
  /** Aborted when the task's lock is lost; and by whoever runs the work, where it is to end for another reason. */
  readonly controller: AbortController;
  /** Given back when the handler is done, or before that by the commit that it ends with. */
  readonly share: Share;
  /** The values of the fields that are read with the task; null: there is no such field. Undefined: they were not read. */
  readonly read: readonly (string | null)[] | undefined;
}

export interface TaskWorker<Kind extends TaskKind = TaskKind> {
  /** Reserves a slot for a task that a commit is about to start. Undefined: there is none now, and the task has to be woken. */
  reserve(wake: Wake): ReservedTask<Kind> | undefined;
  /** Takes no further tasks; resolves when those under way are done. */
  drain(): Promise<void>;
  /**
   * Gives the tasks of an owner whose process is gone back to the queue, at once; answers how many. An owner that lives
   * all the same finds its locks lost, as when their time had run out.
   */
  takeOver(owner: string): Promise<number>;
}

/** A slot for a task that a commit is about to start. Either `run` or `free` has to be called. */
interface ReservedTask<Kind extends TaskKind> {
  /** The lock that the task has to be started with. */
  readonly lock: TaskLock;
  /** Runs the task, which has started, beside everything else: by this handler, or else by the worker's own. */
  run(handle?: TaskHandler<Kind>): void;
  /**
   * The task has not started.
   *
   * @param isCrowded others wait for a share, so slots are reserved now and then only: each try costs a commit
   */
  free(isCrowded: boolean): void;
}

/**
 * How often a task may lose its worker before BullMQ gives it up: never, since the engine counts the claims of a step
 * and sets it aside (invariant 2).
 */
const maxStalledCount = 1_000_000;

/**
 * How long a worker waits for a task before it looks again by itself, in seconds: as long as BullMQ lets a connection
 * block. A task that is added ends the wait at once. What has to be looked for is a task whose sign was taken by a
 * worker that died at that moment, which `takeOver` makes good.
 */
const drainDelay = 10;

/** How long a worker that drains waits for Redis to take a sign, in milliseconds: Redis may be away. */
const redisPatience = 1_000;

/** How often a slot is reserved once a task got no share, until one gets it again, in milliseconds. */
const crowdedInterval = 100;

/** As BullMQ names the sign that a task waits. */
const baseMarker = '0';

/** Starts to take tasks of one kind from one shard. */
export function createTaskWorker<Kind extends TaskKind>({
  kind,
  connection,
  prefix,
  owner,
  queue: shares,
  slots,
  reads,
  lockDuration,
  stalledInterval,
  handle,
  onError,
}: TaskWorkerSettings<Kind>): TaskWorker<Kind> {
  const { queue, attempts } = catalogue[kind];
  /** Tasks whose time has come, and that got no share then. */
  const refused = new WeakMap<
    Job,
    { readonly task: TaskOf<Kind>; readonly ownership: Ownership }
  >();
  /** What runs, by the task's id. */
  const locked = new ShortLivedMap<string, LosableTask>();
  let started = 0;
  /** A task got no share: others wait for one. Since when, or since the last try; milliseconds of `performance.now()`. */
  let crowdedSince: number | undefined;
  /** What one task's work begins is no part of that work. */
  const outside = new AsyncResource('pawl task');
  const keyOf = (name: string) => `${prefix}:${queue}:${name}`;
  const underWay = new Set<Promise<unknown>>();
  /** True: a task that BullMQ had asked for already goes back, for another worker. */
  let isDraining = false;

  /** Beside the task's end, which need not wait for it. What fails is made up for by the sweeper. */
  function beside(work: Promise<unknown>): void {
    const settled = work.catch((error: Error) => onError(error, undefined));
    underWay.add(settled);
    void settled.finally(() => underWay.delete(settled));
  }

  /**
   * How a slot takes the next task. What is due has to ask for a share, and mostly there is none; what has one must not
   * wait for thousands of those, nor they for all that has one. So either comes first as often.
   */
  const taking = (token: string) => ({
    lock: { token, duration: lockDuration },
    dueFirst: Math.random() < 0.5,
    reads,
  });

  // BullMQ would make a signal of its own for a function of three parameters.
  async function process(job: Job, token?: string): Promise<void> {
    const read = worker.readWith(job);
    const { task, ownership } = parseTaskData(kind, job.data);
    /** By its commit. */
    let isCompleted = false;
    /** When the next task was first asked for. */
    let askedAt: number | undefined;
    const share: Share = {
      task,
      isHeld: ownership !== undefined,
      token,
      takesNext: () => {
        if (token === undefined || isCompleted || isDraining || !worker.mayTakeNext(job)) {
          return undefined;
        }
        askedAt ??= performance.now();
        return { fromQueue: !worker.isWaiting, ...taking(token) };
      },
      onCompleted: (next) => {
        // A commit that was told, and is tried again since no replica has it, has taken nothing anew.
        if (isCompleted) return;
        isCompleted = true;
        // Of a lock that is old its new owner may be another one: the task is left to whoever looks for lost locks.
        const isFresh = askedAt !== undefined && performance.now() - askedAt < lockDuration / 2;
        worker.noteCompleted(job, isFresh ? (next as TakenTask | undefined) : undefined);
      },
    };
    const isLastAttempt = job.attemptsMade + 1 >= attempts;
    const running = new LosableTask(share, read);
    const id = job.id ?? '';
    locked.set(id, running);
    try {
      if (ownership !== undefined && mayLackShare(job)) {
        if (!(await shares.takeShare(task, ownership))) {
          refused.set(job, { task, ownership });
          return;
        }
      }
      const own = worker.noteOf(job);
      // What was claimed already is work under way.
      const handled =
        isDraining && own === undefined
          ? ({ kind: 'later', at: Date.now() } as const)
          : await (own ?? handle)(task, running);
      // A task that its commit has ended is not put off any more.
      const isDone = handled.kind === 'done' || isCompleted;
      if (!isDone) await job.moveToDelayed(handled.at, token);
      beside(shares.giveBack(share));
      if (isDone) return;
    } catch (error) {
      if (isCompleted) {
        // What fails behind the commit that has ended the task is made up for by the sweeper.
        onError(error as Error, job.id === undefined ? undefined : { id: job.id });
        return;
      }
      // It is tried again soon by BullMQ: the share stays with the task.
      if (isLastAttempt) beside(shares.giveBack(share));
      throw error;
    } finally {
      if (locked.get(id) === running) locked.delete(id);
    }
    throw new DelayedError();
  }

  const takeTask = defineScript(connection, 'take-task', 1, bullmqTasks);
  const worker = new UnhurriedWorker<TaskHandler<Kind> | undefined>(queue, process, {
    take: async (token) => {
      const words = wordsOfTake(taking(token));
      return (await takeTask(keyOf(''), Date.now(), ...words)) as TakenTask | null;
    },
    connection,
    prefix,
    concurrency: slots.nominal + slots.reserve,
    lockDuration,
    stalledInterval,
    drainDelay,
    maxStalledCount,
    settings: { repeatStrategy },
    removeOnComplete: { count: 0 },
    removeOnFail: { count: 0 },
    autorun: false,
  });
  worker.start(owner, (error) => onError(error, undefined));
  const endLocks = defineScript(connection, 'end-locks', 3);
  worker.on('error', (error) => onError(error, undefined));
  // Not before BullMQ is done with it: until then it would swallow the task by its id.
  worker.on('completed', (job) => {
    const waiting = refused.get(job);
    if (waiting !== undefined) beside(shares.wakeAgain(waiting.task, waiting.ownership));
  });
  worker.on('failed', (job, error) =>
    onError(error, job?.id === undefined ? undefined : { id: job.id }),
  );
  worker.on('lockRenewalFailed', (ids) => {
    for (const id of ids) {
      onError(new Error('the lock of a task is lost: another worker may take it'), { id });
      locked.get(id)?.lose();
    }
  });
  return {
    reserve(wake) {
      const token = `${owner}:next:${started}`;
      const now = performance.now();
      const isTooSoon = crowdedSince !== undefined && now < crowdedSince + crowdedInterval;
      if (isDraining || isTooSoon) return undefined;
      const slot = worker.reserveSlot(taskId(wake.task), token);
      if (slot === undefined) return undefined;
      // Until it is known what comes of this try, there is no other.
      if (crowdedSince !== undefined) crowdedSince = now;
      started += 1;
      return {
        lock: { token, duration: lockDuration },
        free(isCrowded) {
          if (isCrowded) crowdedSince = performance.now();
          slot.free();
        },
        run(own) {
          crowdedSince = undefined;
          outside.runInAsyncScope(() => slot.work(asTaken(wake), own));
        },
      };
    },
    async drain() {
      isDraining = true;
      await worker.close();
      await Promise.all(underWay);
      // Its loop may have taken a sign that was for whoever goes on.
      const given = connection.zadd(keyOf('marker'), 0, baseMarker).catch(() => undefined);
      await Promise.race([given, pause(redisPatience, undefined, { ref: false })]);
    },
    async takeOver(gone) {
      const names = ['active', 'stalled', 'stalled-check'].map(keyOf);
      const ended = Number(await endLocks(...names, keyOf(''), `${gone}:`));
      if (ended > 0) await worker.lookForStalled();
      // The sign of a task that waits may have gone with it: it ends the wait of one worker.
      await connection.zadd(keyOf('marker'), 0, baseMarker);
      return ended;
    },
  };
}

/** A task whose lock may be lost. */
class LosableTask implements RunningTask {
  readonly share: Share;
  readonly read: RunningTask['read'];
  #controller: AbortController | undefined;
  #isLost = false;

  constructor(share: Share, read: RunningTask['read']) {
    this.share = share;
    this.read = read;
  }

  /** It is made when it is first asked for: Node.js 20 takes 4 µs for one. */
  get controller(): AbortController {
    this.#controller ??= new AbortController();
    if (this.#isLost) this.lose();
    return this.#controller;
  }

  lose(): void {
    this.#isLost = true;
    this.#controller?.abort(new Error('the lock of the task is lost'));
  }
}

/** A task that was added with its share has it in its first run. One that waited for its time has to ask. */
function mayLackShare({ attemptsStarted, opts }: Job): boolean {
  return attemptsStarted > 1 || (opts.delay ?? 0) > 0;
}

/** A task that has just been added and taken, as BullMQ would read it. */
function asTaken(wake: Wake): JobJson {
  const id = taskId(wake.task);
  const startedAt = Date.now();
  return {
    id,
    name: wake.task.kind,
    data: JSON.stringify(dataOf(wake)),
    opts: { jobId: id, ...taskOptions(wake.task.kind) },
    progress: 0,
    delay: 0,
    priority: 0,
    timestamp: startedAt,
    processedOn: startedAt,
    attemptsStarted: 1,
    attemptsMade: 0,
    stalledCounter: 0,
    failedReason: '',
    returnvalue: 'null',
  };
}
