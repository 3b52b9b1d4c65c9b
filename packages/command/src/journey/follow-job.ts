import { setTimeout as sleep } from 'node:timers/promises';
import type { Job, JobStep, PawlClient } from '@pawl/client';

export interface Polling {
  /** Seconds that the gateway may hold a request; proxies often cut at 60. */
  readonly waitSeconds: number;
  /** The pause after an answer with nothing new in it. */
  readonly pauseMilliseconds: number;
}

export const defaultPolling: Polling = { waitSeconds: 25, pauseMilliseconds: 500 };

/**
 * The job as soon as it has changed.
 *
 * @throws what the client throws, or an AbortError when aborted in a pause.
 */
export async function nextChange(
  client: PawlClient,
  { id, sequence }: Job,
  { waitSeconds, pauseMilliseconds }: Polling,
  signal: AbortSignal,
): Promise<Job> {
  for (;;) {
    const job = await client.jobs.get(id, { wait: waitSeconds, after: sequence, signal });
    if (job.sequence !== sequence) return job;
    // A gateway that is shutting down answers at once: do not ask it in a tight loop.
    await sleep(pauseMilliseconds, undefined, { signal });
  }
}

/** All steps of a job, page after page. */
export async function allSteps(
  client: PawlClient,
  job: string,
  signal: AbortSignal,
): Promise<JobStep[]> {
  const steps: JobStep[] = [];
  for await (const step of client.jobs.steps(job, { signal })) steps.push(step);
  return steps;
}
