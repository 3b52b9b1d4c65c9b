import type { Job } from '@pawl/contracts';
import { connectUrlOf, presentJob, type JobParts } from '@pawl/engine';
import type { Gateway } from '../gateway.ts';

/** A job as this gateway shows it, with links that lead to it. */
export function showJob({ publicUrl }: Pick<Gateway, 'publicUrl'>, parts: JobParts): Job {
  return presentJob(parts, connectUrlOf(publicUrl));
}
