import { setTimeout as pause } from 'node:timers/promises';
import { randomToken } from '@pawl/contracts';
import { cancelJob } from '@pawl/engine';
import type { Testbed } from '../testbed/testbed.ts';
import { promptOf } from '../testbed/prompts.ts';

/** Cancels a job whose model call a worker in another process has in flight: the milliseconds until that hangs up. */
export async function measureCancel(testbed: Testbed): Promise<number> {
  const namespace = testbed.openNamespace();
  const reference = randomToken();
  const { control } = testbed.sandbox;
  const isHeld = () => control.held().some(({ prompt }) => prompt?.includes(reference));
  try {
    const match = { operation: 'model', promptIncludes: reference };
    control.addFault({ match, effect: { kind: 'hang' } });
    const worker = await testbed.startWorker(namespace);
    const job = await namespace.post({ user: reference, prompt: promptOf(reference, []) });
    while (!isHeld()) await pause(10);
    const cancelledAt = performance.now();
    await cancelJob(namespace.engine, job.id, 'api');
    while (isHeld()) await pause(1);
    const reached = performance.now() - cancelledAt;
    worker.kill('SIGTERM');
    await worker.exited;
    return reached;
  } finally {
    await namespace.erase();
  }
}
