import { setTimeout as pause } from 'node:timers/promises';
import type { Namespace } from '../lab/namespace.ts';

const patience = 60_000;

/**
 * Waits until no webhook of the job is on its way any more, or for a while: one whose wake died with its process has no
 * task until the sweeper finds it.
 */
export async function untilTold({ store }: Namespace, job: string): Promise<void> {
  const deadline = performance.now() + patience;
  while ((await store.hasPendingDeliveries(job)) && performance.now() < deadline) await pause(20);
}
