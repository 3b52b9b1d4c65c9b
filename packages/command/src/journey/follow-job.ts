import { setTimeout as sleep } from 'node:timers/promises';
import type { Job, JobStep } from '@pawl/contracts';
import type { PawlClient } from '../client/create-client.ts';

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
  client: Pick<PawlClient, 'getJob'>,
  { id, sequence }: Job,
  { waitSeconds, pauseMilliseconds }: Polling,
  signal: AbortSignal,
): Promise<Job> {
  for (;;) {
    const job = await client.getJob(id, { wait: waitSeconds, after: sequence, signal });
    if (job.sequence !== sequence) return job;
    // A gateway that is shutting down answers at once: do not ask it in a tight loop.
    await sleep(pauseMilliseconds, undefined, { signal });
  }
}

/** All steps of a job, page after page. */
export async function allSteps(
  client: Pick<PawlClient, 'listSteps'>,
  job: string,
  signal: AbortSignal,
): Promise<JobStep[]> {
  const steps: JobStep[] = [];
  let cursor: string | undefined;
  do {
    const page = await client.listSteps(job, { cursor, signal });
    steps.push(...page.data);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
  return steps;
}
