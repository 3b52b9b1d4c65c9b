import { type Job, type JobRequest, PawlApiError, type PawlClient } from '@pawl/client';
import { handleLink, type LinkHandling } from './authorize.ts';
import { allSteps, defaultPolling, nextChange, type Polling } from './follow-job.ts';
import { blank, line } from './lines.ts';
import type { Reporter } from './reporter.ts';
import {
  connectActionOf,
  currentStep,
  type EndedStatus,
  isEnded,
  type Snapshot,
} from './snapshot.ts';
import { linesBetween } from './status-lines.ts';

export interface JourneyDependencies {
  readonly client: PawlClient;
  readonly reporter: Reporter;
  readonly links: LinkHandling;
  /** Aborted when the person wants to stop: the job is cancelled then. */
  readonly interrupt: AbortSignal;
  readonly polling?: Polling;
}

export type JourneyOutcome =
  | { readonly kind: 'ended'; readonly status: EndedStatus; readonly snapshot: Snapshot }
  | { readonly kind: 'interrupted'; readonly snapshot: Snapshot };

const CANCEL_TIME_LIMIT_MILLISECONDS = 10_000;

/**
 * Posts a prompt, follows its job to the end and tells what happens on the way.
 *
 * @throws JourneyError if the job was posted and then lost sight of; what the client throws if it was never posted.
 */
export async function runJourney(
  request: JobRequest,
  dependencies: JourneyDependencies,
): Promise<JourneyOutcome> {
  const { client, reporter } = dependencies;
  try {
    reporter.progress('Posting the prompt');
    // Not interruptible: a job that was accepted and whose id never arrived could not be cancelled.
    const job = await client.jobs.create(request);
    return await follow(job, dependencies);
  } finally {
    reporter.stop();
  }
}

/** The job was accepted and may go on, but can no longer be followed. */
class JourneyError extends Error {
  override readonly name = 'JourneyError';
}

async function follow(job: Job, dependencies: JourneyDependencies): Promise<JourneyOutcome> {
  const { client, reporter, links, interrupt, polling = defaultPolling } = dependencies;
  const end = new AbortController();
  const signal = AbortSignal.any([interrupt, end.signal]);
  const handled: Promise<void>[] = [];
  let seen: Snapshot | undefined;
  try {
    for (let current = job; ; current = await nextChange(client, current, polling, signal)) {
      const next = { job: current, steps: await allSteps(client, current.id, signal) };
      reporter.print(linesBetween(seen, next));
      const link = newLink(seen, next);
      if (link !== undefined) handled.push(handleLink(links, link, reporter, signal));
      seen = next;
      if (isEnded(current.status)) return { kind: 'ended', status: current.status, snapshot: next };
      reporter.progress(currentStep(next));
    }
  } catch (error) {
    if (interrupt.aborted) return await cancel(seen ?? { job, steps: [] }, dependencies);
    throw new JourneyError(
      `${error instanceof Error ? error.message : 'The job cannot be followed.'}\nThe job was accepted as ${job.id} and goes on without this command.`,
      { cause: error },
    );
  } finally {
    end.abort();
    await Promise.all(handled);
  }
}

function newLink(seen: Snapshot | undefined, next: Snapshot): string | undefined {
  const link = connectActionOf(next.job)?.url;
  return link === connectActionOf(seen?.job)?.url ? undefined : link;
}

async function cancel(
  last: Snapshot,
  { client, reporter }: JourneyDependencies,
): Promise<JourneyOutcome> {
  reporter.progress('Cancelling the job, Ctrl-C again leaves at once');
  try {
    const signal = AbortSignal.timeout(CANCEL_TIME_LIMIT_MILLISECONDS);
    const job = await client.jobs.cancel(last.job.id, { signal });
    const next = { job, steps: last.steps };
    reporter.print(linesBetween(last, next));
    return { kind: 'interrupted', snapshot: next };
  } catch (error) {
    reporter.print([blank, line(cancelFailure(last.job.id, error), 'failure')]);
    return { kind: 'interrupted', snapshot: last };
  }
}

function cancelFailure(job: string, error: unknown): string {
  if (error instanceof PawlApiError && error.code === 'job_ended') {
    return `The job ${job} had ended before it could be cancelled.`;
  }
  const reason = error instanceof Error ? error.message : 'no reason given';
  return `The job ${job} could not be cancelled and may go on: ${reason}`;
}
