import {
  type FieldProblem,
  parseRetryAfter,
  PawlAnswerError,
  PawlApiError,
  PawlConnectionError,
  reasonOf,
} from './errors.ts';
import type { Gateway } from './gateway.ts';
import { startWatch } from './watch.ts';

export type QueryValue =
  | string
  | number
  | Date
  | readonly string[]
  | Readonly<Record<string, string>>
  | undefined;

export interface HttpRequest {
  readonly method: string;
  /** Relative to the base URL, its parts encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, QueryValue>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** What came back over the wire, before it is understood. */
export interface RawAnswer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly contentType: string | null;
  readonly text: string;
}

/**
 * Sends one request once, and reads the whole answer.
 *
 * @throws PawlConnectionError if no whole answer came; the signal's reason if it was aborted.
 */
export async function exchange(
  gateway: Gateway,
  request: HttpRequest,
  timeoutMilliseconds: number,
  signal: AbortSignal | undefined,
): Promise<RawAnswer> {
  signal?.throwIfAborted();
  const watch = startWatch(signal, timeoutMilliseconds);
  try {
    return await readRaw(await openExchange(gateway, request, watch.signal));
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof PawlAnswerError) throw error;
    const reason = watch.isOverdue()
      ? `no answer within ${timeoutMilliseconds / 1000} s`
      : reasonOf(error);
    throw new PawlConnectionError(
      `The gateway at ${gateway.baseUrl.origin} does not answer (${reason}). Is it running, and is the address right?`,
      { cause: error },
    );
  } finally {
    watch.end();
  }
}

/** Sends a request; the answer's body is still to be read. Throws what `fetch` throws. */
export function openExchange(
  { baseUrl, apiKey, fetch }: Gateway,
  { method, path, query = {}, headers, body }: HttpRequest,
  signal: AbortSignal,
): Promise<Response> {
  return fetch(urlOf(baseUrl, path, query), {
    method,
    headers: {
      accept: 'application/json, application/problem+json',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
      ...headers,
    },
    body: body === undefined ? null : JSON.stringify(body),
    // The API never redirects; following would resend the key and may turn a POST into a GET.
    redirect: 'manual',
    signal,
  });
}

export async function readRaw(response: Response): Promise<RawAnswer> {
  // Browsers hide where a redirect goes, and even its status.
  if (response.type === 'opaqueredirect') {
    throw new PawlAnswerError('The address redirects to another one. Is it the gateway’s own?');
  }
  return {
    status: response.status,
    retryAfter: response.headers.get('retry-after'),
    contentType: response.headers.get('content-type'),
    text: await response.text(),
  };
}

/**
 * The body of an answer: its fields as they came, known or not. Undefined for 204.
 *
 * @throws PawlApiError for every status outside 2xx, PawlAnswerError for a success that is no JSON object.
 */
export function readAnswer(answer: RawAnswer, question: string, now: number): unknown {
  if (answer.status < 200 || answer.status > 299) throw toApiError(answer, now);
  if (answer.status === 204) return undefined;
  const body = parseJson(answer.text);
  if (isObject(body)) return body;
  const what = answer.contentType?.split(';', 1)[0] ?? 'without a content type';
  throw new PawlAnswerError(
    `The answer to ${question} is not a JSON object (${answer.status}, ${what}). Is the address the gateway's?`,
  );
}

/** The error of an answer that is no success. What is not Pawl's is not repeated in it. */
export function toApiError({ status, retryAfter, text }: RawAnswer, now: number): PawlApiError {
  const problem = parseJson(text);
  const seconds = parseRetryAfter(retryAfter, now);
  if (!isObject(problem) || typeof problem['code'] !== 'string') {
    return new PawlApiError({
      status,
      code: 'unexpected_answer',
      detail: `The address answered ${status}, and not as Pawl's gateway does. Is it the gateway's?`,
      retryAfter: seconds,
    });
  }
  const { code, detail, errors, limit, request_id: requestId } = problem;
  return new PawlApiError({
    status,
    code,
    detail: typeof detail === 'string' ? detail : code,
    errors: Array.isArray(errors) ? errors.filter((each) => isFieldProblem(each)) : [],
    limit: isObject(limit) ? (limit as PawlApiError['limit']) : undefined,
    requestId: typeof requestId === 'string' ? requestId : undefined,
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

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isFieldProblem(value: unknown): value is FieldProblem {
  return (
    isObject(value) && typeof value['path'] === 'string' && typeof value['message'] === 'string'
  );
}

function urlOf(baseUrl: URL, path: string, query: Readonly<Record<string, QueryValue>>): URL {
  const url = new URL(path, baseUrl);
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    if (value instanceof Date) url.searchParams.set(name, value.toISOString());
    else if (Array.isArray(value)) url.searchParams.set(name, value.join(','));
    else if (typeof value !== 'object') url.searchParams.set(name, String(value));
    else {
      for (const [key, each] of Object.entries(value)) {
        url.searchParams.set(`${name}[${key}]`, each);
      }
    }
  }
  return url;
}
