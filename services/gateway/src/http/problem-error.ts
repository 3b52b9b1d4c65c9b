import { problems, type Problem, type ProblemCode, type ReachedLimit } from '@pawl/contracts';

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
