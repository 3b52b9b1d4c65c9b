import type { CancelSource } from '@pawl/contracts';
import { cancel, expire } from '../decisions/cancel.ts';
import type { Engine } from './dependencies.ts';
import { transition } from './transition.ts';

/** Cancels a job at whatever it does. False: it had ended before, and nothing changed. */
export async function cancelJob(engine: Engine, jobId: string, by: CancelSource): Promise<boolean> {
  const decision = await transition(engine, jobId, (job) => cancel(job, by, engine.now()));
  return decision.kind === 'commit';
}

/** Ends a job whose deadline has passed. */
export async function expireJob(engine: Engine, jobId: string): Promise<void> {
  await transition(engine, jobId, (job) => expire(job, engine.now()));
}
