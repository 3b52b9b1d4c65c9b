import type { JobState } from '@pawl/contracts';
import type { Response } from 'express';
import type { Gateway } from '../gateway.ts';

export interface Wait {
  readonly job: string;
  readonly until: (job: JobState) => boolean;
  readonly seconds: number;
  /** A client that goes away waits no longer. */
  readonly response: Response;
}

/** How a wait ended: the job may be as wanted or not, unless nobody listens any more. */
export type WaitOutcome = 'over' | 'disconnected' | 'full';

/** Lets a bounded number of requests wait for changes of jobs. */
export function createWaitingRoom({ store, settings, closing }: Gateway) {
  let waiters = 0;
  return async ({ job, until, seconds, response }: Wait): Promise<WaitOutcome> => {
    if (waiters >= settings.waiters) return 'full';
    waiters += 1;
    const gone = new AbortController();
    const onClose = () => gone.abort();
    response.once('close', onClose);
    if (response.destroyed) gone.abort();
    try {
      const timeout = seconds * 1_000;
      const signal = AbortSignal.any([gone.signal, closing]);
      const change = store.waitForChange(job, { until, timeout, signal });
      // While Redis is away the subscription itself waits: the client does not.
      await Promise.race([
        change,
        whenOver(AbortSignal.any([signal, AbortSignal.timeout(timeout)])),
      ]);
      return gone.signal.aborted ? 'disconnected' : 'over';
    } finally {
      waiters -= 1;
      response.off('close', onClose);
    }
  };
}

async function whenOver(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
