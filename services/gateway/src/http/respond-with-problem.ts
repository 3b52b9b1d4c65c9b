import { isRedisUnavailable } from '@pawl/runtime';
import type { ErrorRequestHandler, Response } from 'express';
import type { Gateway } from '../gateway.ts';
import { problemBody, problemType } from './problem-body.ts';
import { ProblemError } from './problem-error.ts';
import { note } from './request-facts.ts';
import { requestIdOf } from './request-id.ts';

/** Seconds after which a request that found Redis away is worth repeating. */
export const retryAfter = '2';

/** The last handler of the API: every error becomes `application/problem+json`. */
export function respondWithProblem(gateway: Gateway): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    const problem = problemOf(error);
    note(response, { problem: problem.code });
    // That Redis is away is logged once, by its connection.
    if (problem.code === 'internal_error') {
      gateway.log.error({ requestId: requestIdOf(response), err: error }, 'a request failed');
    }
    if (response.headersSent) next(error);
    else sendProblem(response, problem);
  };
}

/** What went wrong, in the API's terms; nothing internal is told. */
function problemOf(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  if (isRedisUnavailable(error)) {
    return new ProblemError(
      'storage_unavailable',
      'Redis does not answer, or refuses for now. What became of the request is not known: repeat it, with the same Idempotency-Key if it creates a job.',
      { headers: { 'Retry-After': retryAfter } },
    );
  }
  // Express throws it where a path is not valid percent-encoding.
  if (error instanceof URIError) return new ProblemError('not_found', 'The path cannot be read.');
  return new ProblemError(
    'internal_error',
    'Something went wrong in Pawl; the log tells more under this request_id.',
  );
}

function sendProblem(response: Response, error: ProblemError): void {
  response
    .status(error.status)
    .set(error.headers)
    .type(problemType)
    .send(JSON.stringify(problemBody(error, requestIdOf(response))));
}
