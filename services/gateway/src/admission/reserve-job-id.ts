import type { Gateway } from '../gateway.ts';
import { ProblemError } from '../http/problem-error.ts';
import { canonicalHash } from './canonical-hash.ts';

/**
 * The id of the job that a request makes. Under an Idempotency-Key it is the first such request's, so that the request
 * can be repeated whatever became of the first one: admission is idempotent by the id.
 *
 * @throws ProblemError `idempotency_mismatch` when the key was used with another body.
 */
export async function reserveJobId(
  { store }: Gateway,
  reservation: { tenant: string; key: string | undefined; body: unknown; job: string },
): Promise<string> {
  const { tenant, key, body, job } = reservation;
  if (key === undefined) return job;
  const outcome = await store.reserveIdempotencyKey({
    tenant,
    key,
    bodyHash: canonicalHash(body),
    job,
  });
  if (outcome.kind === 'mismatch') {
    throw new ProblemError(
      'idempotency_mismatch',
      'This Idempotency-Key came with another body before: use a new key for another job.',
    );
  }
  return outcome.job;
}
