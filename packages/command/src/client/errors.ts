import type { Problem } from '@pawl/contracts';

/** One field of a request that the gateway refused. */
export type FieldProblem = NonNullable<Problem['errors']>[number];

export interface ApiErrorParts {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly FieldProblem[] | undefined;
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
  /** For finding the request in the gateway's log. */
  readonly requestId: string | undefined;
  /** Seconds. */
  readonly retryAfter: number | undefined;

  constructor({ status, code, detail, errors = [], requestId, retryAfter }: ApiErrorParts) {
    const fields = errors.map(({ path, message }) =>
      path === '' ? message : `${path}: ${message}`,
    );
    super([detail, ...fields].join('\n  '));
    this.status = status;
    this.code = code;
    this.detail = detail;
    this.errors = errors;
    this.requestId = requestId;
    this.retryAfter = retryAfter;
  }
}

/** No answer came: refused, dropped, or not in time. Whether the request had its effect is not known. */
export class PawlConnectionError extends Error {
  override readonly name = 'PawlConnectionError';
}

/** The gateway's answer is a success that does not keep to the contract: its version is another one. */
export class PawlAnswerError extends Error {
  override readonly name = 'PawlAnswerError';
}

/** Reads a `Retry-After` header: seconds or an HTTP date. Returns seconds from `now` (milliseconds), at least 0. */
export function parseRetryAfter(header: string | null, now: number): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text);
  const date = text === '' ? Number.NaN : Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now) / 1000));
}
