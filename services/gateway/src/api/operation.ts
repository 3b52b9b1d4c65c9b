import type { ApiKeyScope, ProblemCode } from '@pawl/contracts';
import type { z } from 'zod';

/** A schema with the name that the API document knows it by. */
export interface Named {
  readonly name: string;
  readonly schema: z.ZodType;
}

/** One request of the API that needs a key: what it is, what its key has to be allowed, and what it answers. */
export interface Operation {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** With parameters in braces, as in OpenAPI: `/v1/jobs/{id}`. */
  readonly path: string;
  readonly scope: ApiKeyScope;
  /** It is about the whole installation: only keys of the default tenant, which is its operator's, may do it. */
  readonly isOperators?: boolean;
  readonly tag: string;
  readonly summary: string;
  /** An object of strings. Absent: a query is an error. */
  readonly query?: z.ZodObject;
  /** Absent: a body is an error. */
  readonly body?: Named & { readonly isOptional?: boolean; readonly example: object };
  /** It takes an `Idempotency-Key`. */
  readonly isIdempotent?: boolean;
  readonly answer: Answer;
  /** Beyond those that every operation of its kind has: see `commonProblems`. */
  readonly problems?: readonly ProblemCode[];
}

type Answer =
  | ({ readonly status: 200 | 201 | 202 } & Named)
  | { readonly status: 204 }
  /** Server-sent events. 204: there will be none. */
  | { readonly status: 200; readonly stream: true; readonly events: readonly Named[] };

/** What can be said to any request of such an operation. */
export function commonProblems({ path, isIdempotent }: Operation): ProblemCode[] {
  return [
    'malformed_request',
    'invalid_request',
    'unauthorized',
    'scope_missing',
    ...(path.includes('{') ? (['not_found'] as const) : []),
    'request_timeout',
    ...(isIdempotent === true ? (['idempotency_mismatch'] as const) : []),
    'malformed_json',
    'body_too_large',
    'unsupported_media_type',
    'expectation_failed',
    'too_many_requests',
    'headers_too_large',
    'internal_error',
    'record_unreadable',
    'record_newer',
    'storage_unavailable',
  ];
}
