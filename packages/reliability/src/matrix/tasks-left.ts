import { setTimeout as pause } from 'node:timers/promises';
import { kindOfKey } from '../lab/kind-of-key.ts';
import type { Namespace } from '../lab/namespace.ts';
import { queues } from '../lab/queues.ts';

const patience = 60_000;

/** The keys of tasks that are still there after a while, webhooks too: stale tasks are taken and dropped by a worker. */
export async function tasksLeft(namespace: Namespace): Promise<number> {
  const deadline = performance.now() + patience;
  for (;;) {
    const keys = await namespace.keys();
    const left = keys.filter((key) => kindOfKey(key, queues) === 'task').length;
    if (left === 0 || performance.now() > deadline) return left;
    await pause(20);
  }
}
