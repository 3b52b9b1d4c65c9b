import { shardOfId, type Task } from '@pawl/contracts';
import type { Share, TaskChanges, Wake } from '@pawl/engine';
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
 * What the script does before it writes anything, and after it. BullMQ has the task that ends for as long as the commit is
 * not written. Its share is given back before others ask for one: it may be what they wait for. `take` comes before all
 * that may start a task, and first, where a commit that is sent again looks for it.
 */
function operationsOf({ wakes, over, ending, start }: TaskChanges): {
  readonly before: readonly ShareOperation[];
  readonly after: readonly ShareOperation[];
} {
  const drops = over.map((task) => operationOn('drop', task));
  const leave = ending?.isHeld === true ? [operationOn('leave', ending.task)] : [];
  const others = [
    ...wakes.map((wake) => requestOf('enter', wake.task, ownershipOf(wake))),
    ...(ending === undefined ? [] : endOf(ending)),
  ];
  const take = ending === undefined ? [] : takeInPlaceOf(ending);
  if (start === undefined) return { before: [], after: [...take, ...drops, ...leave, ...others] };
  const { wake, lock } = start;
  const started = { lock, ...requestOf('start', wake.task, ownershipOf(wake)) };
  const isOfSamePool = leave.some(({ pool }) => pool === started.pool);
  return isOfSamePool
    ? { before: [...leave, started], after: [...take, ...drops, ...others] }
    : { before: [started], after: [...take, ...drops, ...leave, ...others] };
}

function endOf({ task, token }: Share): readonly ShareOperation[] {
  return token === undefined ? [] : [{ token, ...operationOn('finish', task) }];
}

function takeInPlaceOf({ task, takesNext }: Share): readonly ShareOperation[] {
  const next = takesNext?.();
  return next === undefined ? [] : [{ kind: 'take', pool: catalogue[task.kind].queue, next }];
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
