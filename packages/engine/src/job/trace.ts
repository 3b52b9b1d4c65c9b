import { createHash } from 'node:crypto';
import type { JobState } from '@pawl/contracts';

/**
 * The trace of a job, as `traceparent` has it. The job is one span of it: `job.trace` names the span above, and the id of
 * the job's own follows from the job, so that whoever works on it knows it before the span has ended.
 */
const form = /^(00-[0-9a-f]{32})-[0-9a-f]{16}-([0-9a-f]{2})$/;

/** What happens within the job belongs below this; undefined: the job is not traced. */
export function traceOfJob(job: JobState): string | undefined {
  const [, trace, flags] = form.exec(job.trace ?? '') ?? [];
  return trace === undefined ? undefined : `${trace}-${spanIdOfJob(job)}-${flags}`;
}

/** Another one each time that the job is opened again: then its deadline moves. */
export function spanIdOfJob({ id, expiresAt }: JobState): string {
  return createHash('sha256').update(`${id} ${expiresAt}`).digest('hex').slice(0, 16);
}

/** Since when it may run: its admission, its later start, or when it was opened again. */
export function runnableSince({ expiresAt, limits }: JobState): number {
  return expiresAt - limits.deadline_seconds * 1_000;
}
