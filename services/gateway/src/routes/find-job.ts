import { JobId } from '@pawl/contracts';
import type { JobParts } from '@pawl/engine';
import type { Response } from 'express';
import type { Gateway } from '../gateway.ts';
import { notFound } from '../http/problem-error.ts';
import { note } from '../http/request-facts.ts';

/**
 * A tenant's job.
 *
 * @throws ProblemError `not_found` for what is no job, and for another tenant's.
 */
export async function findJob(
  { store }: Gateway,
  { id, tenant, response }: { id: unknown; tenant: string; response: Response },
): Promise<JobParts> {
  const parsed = JobId.safeParse(id);
  if (!parsed.success || !store.knowsShardOf(parsed.data)) {
    throw notFound(`job ${String(id).slice(0, 80)}`);
  }
  note(response, { job: parsed.data });
  const parts = await store.readJobParts(parsed.data);
  if (parts?.job.tenant !== tenant) throw notFound(`job ${parsed.data}`);
  return parts;
}
