import { PawlConnectionError } from './errors.ts';
import type { RawAnswer } from './read-answer.ts';

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

function urlOf(baseUrl: URL, { path, query = {} }: Request): URL {
  const url = new URL(path, baseUrl);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url;
}

function headersOf({ apiKey }: GatewayAddress, request: Request): Record<string, string> {
  return {
    accept: 'application/json, application/problem+json',
    ...(request.body !== undefined && { 'content-type': 'application/json' }),
    ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
    ...(request.idempotencyKey !== undefined && { 'idempotency-key': request.idempotencyKey }),
  };
}

/** `fetch` hides the reason (ECONNREFUSED …) in its error's cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  if (!(cause instanceof Error)) return 'no reason given';
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  return code || cause.message || cause.name;
}
