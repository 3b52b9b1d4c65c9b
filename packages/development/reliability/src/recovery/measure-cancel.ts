import { setTimeout as pause } from 'node:timers/promises';
import { randomToken } from '@pawl/contracts';
import { cancelJob } from '@pawl/engine';
import type { Lab } from '../lab/lab.ts';
import { promptOf } from '../lab/prompts.ts';

/** Cancels a job whose model call a worker in another process has in flight: the milliseconds until that hangs up. */
export async function measureCancel(lab: Lab): Promise<number> {
  const namespace = lab.openNamespace();
  const reference = randomToken();
  const { control } = lab.sandbox;
  const isHeld = () => control.held().some(({ prompt }) => prompt?.includes(reference));
  try {
    const match = { operation: 'model', promptIncludes: reference };
    control.addFault({ match, effect: { kind: 'hang' } });
    const worker = await lab.startWorker(namespace);
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
