import { kindOfKey } from '../lab/kind-of-key.ts';
import { lookUntil } from '../lab/look-until.ts';
import type { Namespace } from '../lab/namespace.ts';
import { queues } from '../lab/queues.ts';

const often = { patience: 60_000, interval: 20 };

/**
 * The keys of tasks that are still there after a while, webhooks too: stale tasks are taken and dropped by a worker. A
 * webhook of the job whose wake died with its process has no task until the sweeper finds it, and is waited for first.
 */
export async function tasksLeft(namespace: Namespace, job: string): Promise<number> {
  await lookUntil(
    () => namespace.store.hasPendingDeliveries(job),
    (pending) => !pending,
    often,
  );
  return lookUntil(
    async () => (await namespace.keys()).filter((key) => kindOfKey(key, queues) === 'task').length,
    (left) => left === 0,
    often,
  );
}
