import { Problem } from '@pawl/contracts';
import { z } from 'zod';
import { parseRetryAfter, PawlAnswerError, PawlApiError, PawlConnectionError } from './errors.ts';

export interface GatewayAddress {
  readonly baseUrl: URL;
  readonly apiKey: string | undefined;
  readonly fetch: typeof globalThis.fetch;
}

export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Relative to the base URL, its parts encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
  readonly idempotencyKey?: string;
  /** For the whole exchange. */
  readonly timeLimitMilliseconds: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Sends one request once.
 *
 * @throws PawlConnectionError if no whole answer came; the signal's reason if it was aborted.
 */
export async function exchange(address: GatewayAddress, request: Request): Promise<RawAnswer> {
  const timeLimit = AbortSignal.timeout(request.timeLimitMilliseconds);
  const { signal } = request;
  try {
    const response = await address.fetch(urlOf(address.baseUrl, request), {
      method: request.method,
      headers: headersOf(address, request),
      body: request.body === undefined ? null : JSON.stringify(request.body),
      // The API never redirects; following would resend the key and may turn a POST into a GET.
      redirect: 'manual',
      signal: signal === undefined ? timeLimit : AbortSignal.any([signal, timeLimit]),
    });
    return {
      status: response.status,
      retryAfter: response.headers.get('retry-after'),
      text: await response.text(),
    };
  } catch (error) {
    signal?.throwIfAborted();
    const reason = timeLimit.aborted
      ? `no answer within ${request.timeLimitMilliseconds / 1000} s`
      : reasonOf(error);
    throw new PawlConnectionError(
      `The gateway at ${address.baseUrl.origin} does not answer (${reason}). Is it running, and is the address right?`,
      { cause: error },
    );
  }
}

/** Where a request goes. */
export function urlOf(baseUrl: URL, { path, query = {} }: Pick<Request, 'path' | 'query'>): URL {
  const url = new URL(path, baseUrl);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url;
}

/** The headers that a request has beside those of `fetch`. */
export function headersOf(
  { apiKey }: GatewayAddress,
  request: Pick<Request, 'body' | 'idempotencyKey'>,
): Record<string, string> {
  return {
    accept: 'application/json, application/problem+json',
    ...(request.body !== undefined && { 'content-type': 'application/json' }),
    ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
    ...(request.idempotencyKey !== undefined && { 'idempotency-key': request.idempotencyKey }),
  };
}

/** `fetch` hides the reason (ECONNREFUSED …) in its error's cause. */
export function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  if (!(cause instanceof Error)) return 'no reason given';
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  return code || cause.message || cause.name;
}

/** What came back over the wire, before it is understood. */
export interface RawAnswer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly text: string;
}

/**
 * The body of an answer, checked against the contract.
 *
 * @throws PawlApiError for every status outside 2xx, {@link PawlAnswerError} for a success that breaks the contract.
 */
export function readAnswer<Schema extends z.ZodType>(
  answer: RawAnswer,
  schema: Schema,
  now: number,
): z.output<Schema> {
  if (answer.status < 200 || answer.status > 299) throw toApiError(answer, now);
  const parsed = schema.safeParse(parseJson(answer.text));
  if (parsed.success) return parsed.data;
  throw new PawlAnswerError(
    `The gateway's answer does not keep to the contract (is it the same version as this client?):\n${z.prettifyError(parsed.error)}`,
  );
}

/** The error of an answer that is no success. */
export function toApiError({ status, retryAfter, text }: RawAnswer, now: number): PawlApiError {
  const problem = Problem.safeParse(parseJson(text));
  const seconds = parseRetryAfter(retryAfter, now);
  if (!problem.success) {
    return new PawlApiError({
      status,
      code: 'unexpected_answer',
      detail: `The address answered ${status}, and not as Pawl's gateway does. Is it the gateway's?`,
      retryAfter: seconds,
    });
  }
  const { code, detail, errors, request_id } = problem.data;
  return new PawlApiError({
    status,
    code,
    detail,
    errors,
    requestId: request_id,
    retryAfter: seconds,
  });
}

/** The value, or undefined for what is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
