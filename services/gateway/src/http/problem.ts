import { type Problem, type ProblemCode, problems, type ReachedLimit } from '@pawl/contracts';
import { NewerRecordError, StoredDataError } from '@pawl/engine';
import { isRedisUnavailable } from '@pawl/runtime';
import type { ErrorRequestHandler, Response } from 'express';
import type { Gateway } from '../gateway.ts';
import { note, requestIdOf } from './request-log.ts';

export type InvalidField = NonNullable<Problem['errors']>[number];

/** A request that can't be fulfilled: thrown by a route, answered as `application/problem+json`. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly code: ProblemCode;
  readonly invalidFields: readonly InvalidField[];
  readonly headers: Readonly<Record<string, string>>;
  readonly limit: ReachedLimit | undefined;

  constructor(
    code: ProblemCode,
    detail: string,
    { invalidFields = [], headers = {}, limit }: ProblemDetails = {},
  ) {
    super(detail);
    this.code = code;
    this.invalidFields = invalidFields;
    this.headers = headers;
    this.limit = limit;
  }

  get status(): number {
    return problems[this.code].status;
  }
}

interface ProblemDetails {
  readonly invalidFields?: readonly InvalidField[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly limit?: ReachedLimit;
}

export function notFound(what: string): ProblemError {
  return new ProblemError('not_found', `There is no ${what}.`);
}

/** A request with one wrong field. */
export function invalidField(path: string, message: string): ProblemError {
  return new ProblemError('invalid_request', `${path} ${message}.`, {
    invalidFields: [{ path, message }],
  });
}

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
  if (error instanceof NewerRecordError) {
    return new ProblemError(
      'record_newer',
      'A newer version of Pawl has written this, and this gateway cannot read it yet: repeat the request.',
      { headers: { 'Retry-After': retryAfter } },
    );
  }
  if (error instanceof StoredDataError) {
    return new ProblemError(
      'record_unreadable',
      'What is stored of this cannot be read. Repeating the request does not help; other things are not touched.',
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
