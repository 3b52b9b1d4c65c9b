import { isTransient } from '../request/repeat.ts';
import type { CallOptions, Send } from '../request/send.ts';
import type { Job, JobDetail } from '../types.ts';

export interface WaitOptions extends CallOptions {
  /** Absent: for as long as it takes. When the time is over, the job is returned as it stands. */
  readonly timeoutSeconds?: number | undefined;
  /** `ended_or_action` (default): also when the job needs a person. */
  readonly until?: 'ended' | 'ended_or_action' | undefined;
}

/** The gateway answers a long poll after a minute at the latest. */
const LONGEST_WAIT_SECONDS = 60;
/** For longer than this no gateway is waited for. */
const LONGEST_OUTAGE_MILLISECONDS = 300_000;

/**
 * Waits by long polls until the job has ended or needs a person.
 *
 * @throws PawlConnectionError or PawlApiError when the gateway is away for more than five minutes, or when the time is
 * over and it could not be asked once; PawlApiError for a job that does not exist; the signal's reason.
 */
export async function waitForJob(
  send: Send,
  id: string,
  { timeoutSeconds, until = 'ended_or_action', signal }: WaitOptions = {},
): Promise<JobDetail> {
  const end = performance.now() + (timeoutSeconds ?? Number.POSITIVE_INFINITY) * 1000;
  let job: JobDetail | undefined;
  let lastAnswer = performance.now();
  for (;;) {
    const left = Math.max(0, end - performance.now());
    const wait = Math.min(LONGEST_WAIT_SECONDS, Math.ceil(left / 1000));
    try {
      job = await send('readJob', {
        path: { id },
        // A job that needs a person is answered at once: ask for the change of it.
        query:
          wait === 0 ? {} : { wait, after: job && needsPerson(job) ? job.sequence : undefined },
        waitSeconds: wait,
        longestMilliseconds: left + GRACE_MILLISECONDS,
        signal,
      });
      lastAnswer = performance.now();
      if (hasEnded(job) || (until === 'ended_or_action' && needsPerson(job))) return job;
      if (performance.now() >= end) return job;
    } catch (error) {
      signal?.throwIfAborted();
      if (!isTransient(error)) throw error;
      const isOver = performance.now() >= end;
      if (isOver && job !== undefined) return job;
      if (isOver || performance.now() - lastAnswer > LONGEST_OUTAGE_MILLISECONDS) throw error;
    }
  }
}

/** For the way there and back. */
const GRACE_MILLISECONDS = 5_000;

/** By the time of its end: a newer gateway may have endings that this client does not know. */
function hasEnded(job: Job): boolean {
  return job.finished_at !== null && job.finished_at !== undefined;
}

function needsPerson(job: Job): boolean {
  return job.status === 'requires_action';
}
