import type { Problem } from '../types.ts';

/** One field of a request that the gateway refused. */
export type FieldProblem = NonNullable<Problem['errors']>[number];

interface ApiErrorParts {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly FieldProblem[] | undefined;
  readonly limit?: Problem['limit'];
  readonly requestId?: string | undefined;
  readonly retryAfter?: number | undefined;
}

/** The gateway answered with an error. `code` is stable; `unexpected_answer` means that the answer was not Pawl's. */
export class PawlApiError extends Error {
  override readonly name = 'PawlApiError';
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors: readonly FieldProblem[];
  /** The limit that was reached. */
  readonly limit: Problem['limit'];
  /** For finding the request in the gateway's log. */
  readonly requestId: string | undefined;
  /** Seconds. */
  readonly retryAfter: number | undefined;

  constructor({ status, code, detail, errors = [], limit, requestId, retryAfter }: ApiErrorParts) {
    const fields = errors.map(({ path, message }) =>
      path === '' ? message : `${path}: ${message}`,
    );
    super([detail, ...fields].join('\n  '));
    this.status = status;
    this.code = code;
    this.detail = detail;
    this.errors = errors;
    this.limit = limit;
    this.requestId = requestId;
    this.retryAfter = retryAfter;
  }
}

/** No answer came: refused, dropped, or not in time. Whether the request had its effect is not known. */
export class PawlConnectionError extends Error {
  override readonly name = 'PawlConnectionError';
}

/** The gateway's answer is a success that cannot be read: it is not JSON, or not what was asked for. */
export class PawlAnswerError extends Error {
  override readonly name = 'PawlAnswerError';
}

/** `fetch` hides the reason (ECONNREFUSED …) in its error's cause. */
export function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  if (!(cause instanceof Error)) return 'no reason given';
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  return code || cause.message || cause.name;
}

/** Reads a `Retry-After` header: seconds or an HTTP date. Returns seconds from `now` (milliseconds), at least 0. */
export function parseRetryAfter(header: string | null, now: number): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text);
  const date = text === '' ? Number.NaN : Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now) / 1000));
}
