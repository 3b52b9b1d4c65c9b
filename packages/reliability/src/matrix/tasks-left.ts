import { setTimeout as pause } from 'node:timers/promises';
import { catalogue, taskKinds } from '@pawl/queue';
import type { Namespace } from '../lab/namespace.ts';

const patience = 10_000;

/** The tasks that are still there after a while, webhooks too: stale ones are taken and dropped by a worker. */
export async function tasksLeft(namespace: Namespace): Promise<number> {
  const deadline = performance.now() + patience;
  for (;;) {
    const left = (await namespace.keys()).filter(isTask).length;
    if (left === 0 || performance.now() > deadline) return left;
    await pause(20);
  }
}

const queues = taskKinds.map((kind) => catalogue[kind].queue).join('|');
const taskKey = new RegExp(`^\\{[^}]+\\}:(${queues}):[^:]+_\\d+_`);

/** A task's own hash, its lock, or whatever else is kept under its id. */
export function isTask(key: string): boolean {
  return taskKey.test(key);
}
