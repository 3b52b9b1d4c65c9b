import { JobId, type JobState } from '@pawl/contracts';
import type { JobParts } from '@pawl/engine';
import type { Response } from 'express';
import type { Gateway } from '../gateway.ts';
import { notFound } from '../http/problem-error.ts';
import { note } from '../http/request-facts.ts';

interface JobReference {
  readonly id: unknown;
  readonly tenant: string;
  readonly response: Response;
}

/**
 * A tenant's job, with all that shows it.
 *
 * @throws ProblemError `not_found` for what is no job, and for another tenant's.
 */
export async function findJob(gateway: Gateway, reference: JobReference): Promise<JobParts> {
  const id = jobIdOf(gateway, reference);
  const parts = await gateway.store.readJobParts(id);
  if (parts?.job.tenant !== reference.tenant) throw notFound(`job ${id}`);
  return parts;
}

/** The same without its request and its result, which may be large. */
export async function findJobState(gateway: Gateway, reference: JobReference): Promise<JobState> {
  const id = jobIdOf(gateway, reference);
  const job = await gateway.store.readJob(id);
  if (job?.tenant !== reference.tenant) throw notFound(`job ${id}`);
  return job;
}

function jobIdOf({ store }: Gateway, { id, response }: JobReference): string {
  const parsed = JobId.safeParse(id);
  if (!parsed.success || !store.knowsShardOf(parsed.data)) {
    throw notFound(`job ${String(id).slice(0, 80)}`);
  }
  note(response, { job: parsed.data });
  return parsed.data;
}
