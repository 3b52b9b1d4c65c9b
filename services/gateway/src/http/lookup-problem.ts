import type { LookupFailure } from '@pawl/engine';
import { ProblemError, retryAfter } from './problem.ts';

/** What a client is told where a source of tools could not be asked. */
export function lookupProblem({ kind, failure }: LookupFailure): ProblemError {
  return kind === 'fatal'
    ? new ProblemError('scalekit_failed', failure.message)
    : new ProblemError('scalekit_unavailable', failure.message, {
        headers: { 'Retry-After': retryAfter },
      });
}
