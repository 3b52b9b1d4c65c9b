import type { Task } from '@pawl/contracts';
import type { ShareOwner } from '../share/pool.ts';

/** A task, the time before which it must not run, and whose share of the slots it takes. */
export interface Wake<Wanted extends Task = Task> {
  readonly task: Wanted;
  readonly at: number;
  readonly priority: number;
  readonly owner: ShareOwner;
}

/** The share of a task that runs: it is given back when the task ends, or with the wakes that it ends with. */
export interface Share {
  readonly task: Task;
  isHeld: boolean;
}

export interface Woken {
  /** The tasks that wait until their owner gets a share: nobody needs to wake them again. */
  readonly parked: readonly Task[];
}
