import { maskSecrets } from './mask-secrets.ts';

/** What a log line tells of an error. */
export interface SerializedError {
  readonly type: string;
  readonly message: string;
  readonly code?: string | number;
  readonly status?: number;
  readonly stack?: string;
  readonly cause?: SerializedError;
  readonly errors?: readonly SerializedError[];
}

const maximalDepth = 4;

/**
 * An error for the log, by a list of what may be shown: the errors of HTTP clients carry request
 * headers, bodies and live tokens, and those must not reach a log.
 */
export function serializeError(error: unknown, depth = 0): SerializedError {
  if (!(error instanceof Error)) return { type: typeof error, message: describe(error) };
  const { code, status } = error as { code?: unknown; status?: unknown };
  const mayDescend = depth < maximalDepth;
  return {
    type: error.name,
    message: maskSecrets(error.message),
    ...((typeof code === 'string' || typeof code === 'number') && { code }),
    ...(typeof status === 'number' && { status }),
    ...(error.stack !== undefined && { stack: maskSecrets(error.stack) }),
    ...(mayDescend &&
      error.cause !== undefined && { cause: serializeError(error.cause, depth + 1) }),
    ...(mayDescend &&
      error instanceof AggregateError && {
        errors: error.errors.map((inner: unknown) => serializeError(inner, depth + 1)),
      }),
  };
}

function describe(thrown: unknown): string {
  return typeof thrown === 'string' ? maskSecrets(thrown) : 'something that is not an Error';
}
