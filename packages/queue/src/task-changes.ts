import { shardOfId, type Task } from '@pawl/contracts';
import type { TaskChanges, Wake } from '@pawl/engine';
import { catalogue, type Ownership, ownershipOf, subjectOf, taskId } from './catalogue.ts';
import { changeTasks, type ShareOperation, wordsOfOperation } from './shares/run-shares.ts';

/** How tasks are changed by the script that writes a commit: what the store needs for it. */
export function createTaskScript({
  tag,
  now = Date.now,
}: {
  /** The hash tag of a shard. */
  readonly tag: (shard: number) => string;
  readonly now?: () => number;
}) {
  return {
    lua: changeTasks,
    /** All tasks are of one shard. Undefined: nothing changes. */
    wordsOf(changes: TaskChanges) {
      const { before, after } = operationsOf(changes);
      const { wakes, over, ending, start } = changes;
      const first = start?.wake.task ?? ending?.task ?? over[0] ?? wakes[0]?.task;
      if (first === undefined) return undefined;
      return {
        tag: tag(shardOf(first)),
        now: now(),
        before: before.flatMap(wordsOfOperation),
        after: after.flatMap(wordsOfOperation),
      };
    },
  };
}

/**
 * What the script does before it writes anything, and after it. The share of the task that ends is given back first: it
 * may be what the others wait for. BullMQ has that task for as long as the commit is not written.
 */
function operationsOf({ wakes, over, ending, start }: TaskChanges): {
  readonly before: readonly ShareOperation[];
  readonly after: readonly ShareOperation[];
} {
  const leave = ending?.isHeld === true ? [operationOn('leave', ending.task)] : [];
  const finish =
    ending?.token === undefined
      ? []
      : [{ token: ending.token, ...operationOn('finish', ending.task) }];
  const others = [
    ...over.map((task) => operationOn('drop', task)),
    ...wakes.map((wake) => requestOf('enter', wake.task, ownershipOf(wake))),
    ...finish,
  ];
  if (start === undefined) return { before: [], after: [...leave, ...others] };
  const { wake, lock } = start;
  const started = { lock, ...requestOf('start', wake.task, ownershipOf(wake)) };
  return { before: [...leave, started], after: others };
}

export function operationOn<Kind extends ShareOperation['kind']>(kind: Kind, task: Task) {
  return { kind, pool: catalogue[task.kind].queue, id: taskId(task) };
}

export function requestOf<Kind extends 'enter' | 'try' | 'start'>(
  kind: Kind,
  task: Task,
  ownership: Ownership,
) {
  const payload = JSON.stringify({ ownership, ...task });
  return { ownership, payload, ...operationOn(kind, task) };
}

export function shardOf(task: Task): number {
  return shardOfId(subjectOf(task));
}

/** What BullMQ is given of a task. */
export function dataOf(wake: Wake): object {
  return { ownership: ownershipOf(wake), ...wake.task };
}
