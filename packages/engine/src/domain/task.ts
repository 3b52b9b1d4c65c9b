import type { Task } from '@pawl/contracts';
import type { ShareOwner } from '../share/pool.ts';

/** A task, the time before which it must not run, and whose share of the slots it takes. */
export interface Wake<Wanted extends Task = Task> {
  readonly task: Wanted;
  readonly at: number;
  readonly priority: number;
  /** The job has begun: it goes before those of its priority that have not. */
  readonly hasBegun?: boolean;
  readonly owner: ShareOwner;
}

/**
 * The share of a task that runs. It is given back by the commit that the task ends with, which has BullMQ end the task,
 * too; or else when its handler is done.
 */
export interface Share {
  readonly task: Task;
  isHeld: boolean;
  /** Holds BullMQ's lock of the task. Absent: BullMQ's worker ends the task by itself. */
  readonly token?: string | undefined;
  /** What the slot takes next. Undefined: nothing, or it looks by itself. Asked when the task is about to end. */
  readonly takesNext?: () => NextTask | undefined;
  /**
   * Told by the store, as soon as Redis has answered, that BullMQ has the task as completed; and what was taken in its
   * place, as its queue reads it. Undefined: nothing, or nobody has looked. A commit that is tried again tells it again,
   * should it be asked for.
   */
  readonly onCompleted?: (next?: unknown) => void;
}

/** How a slot takes the next task of its queue, in the moment in which its own ends: one that gets a share then. */
export interface NextTask {
  readonly lock: TaskLock;
  /** Or else one that waits in the queue already. */
  readonly fromQueue: boolean;
  /** What is due, and has to ask for a share, comes before what has one. */
  readonly dueFirst: boolean;
  /** What is read of what the task is about. */
  readonly reads?: HashFields | undefined;
}

/** Fields of the hash whose key begins so, and ends with the id of what a task is about. */
export interface HashFields {
  readonly keyPrefix: string;
  readonly fields: readonly string[];
}

/** BullMQ's lock of a task that runs. */
export interface TaskLock {
  /** Of whoever runs it. */
  readonly token: string;
  /** Milliseconds until it runs out, unless it is renewed. */
  readonly duration: number;
}

/** A task that starts in the worker that makes it ready. */
export interface TaskStart<Wanted extends Task = Task> {
  readonly wake: Wake<Wanted>;
  readonly lock: TaskLock;
}

/** What becomes of tasks in the moment in which a commit is written. */
export interface TaskChanges {
  /** Tasks that may run now: each is added, or waits for its share. */
  readonly wakes: readonly Wake[];
  /** Tasks that are not wanted any more, should they wait for their share. */
  readonly over: readonly Task[];
  /** The task that ends with the commit, as it is before. */
  readonly ending?: Readonly<Share> | undefined;
  /** Nothing is written unless this task gets its share, in place of the one that ends. */
  readonly start?: TaskStart | undefined;
}

export interface Woken {
  /** The tasks that wait until their owner gets a share: nobody needs to wake them again. */
  readonly parked: readonly Task[];
}
