import { problems, type Problem } from '@pawl/contracts';
import type { ProblemError } from './problem-error.ts';

export const problemType = 'application/problem+json';

/** What a client is told of a problem; the log tells more under the request's id. */
export function problemBody(error: ProblemError, requestId: string): Problem {
  const { status, title } = problems[error.code];
  return {
    type: 'about:blank',
    title,
    status,
    code: error.code,
    detail: error.message,
    ...(error.invalidFields.length > 0 && { errors: [...error.invalidFields] }),
    ...(error.limit !== undefined && { limit: error.limit }),
    request_id: requestId,
  };
}
