import type { Problem } from '@pawl/contracts';

/** An answer of the gateway that is a problem. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }

  get status(): number {
    return this.problem.status;
  }

  get code(): string {
    return this.problem.code;
  }
}

/** No answer came. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';

  constructor() {
    super('The gateway does not answer.');
  }
}

export interface RequestOptions {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** What is told of each request: who is signed in and whether anybody answers follow from it. */
export interface RequestObserver {
  answered(): void;
  failed(error: ApiError | UnreachableError): void;
}

let observer: RequestObserver | undefined;

export function observeRequests(next: RequestObserver): void {
  observer = next;
}

/**
 * Sends a request to the gateway that this page came from, and answers its JSON.
 *
 * @throws ApiError, UnreachableError; AbortError where the signal is aborted
 */
export async function request<Answer>(path: string, options: RequestOptions = {}): Promise<Answer> {
  const response = await send(path, options);
  const text = await response.text();
  return (text === '' ? undefined : JSON.parse(text)) as Answer;
}

/** The same, for an answer that is read as it comes. */
export async function send(
  path: string,
  { method = 'GET', body, headers, signal }: RequestOptions = {},
): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(new URL(path, document.baseURI), {
      method,
      headers: {
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? null : JSON.stringify(body),
      signal: signal ?? null,
      credentials: 'same-origin',
      cache: 'no-store',
    });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw reported(new UnreachableError());
  }
  if (!response.ok) throw reported(new ApiError(await problemOf(response)));
  observer?.answered();
  return response;
}

function reported<Failure extends ApiError | UnreachableError>(error: Failure): Failure {
  observer?.failed(error);
  return error;
}

/** A proxy between may answer with something else than a problem. */
async function problemOf(response: Response): Promise<Problem> {
  const { status } = response;
  try {
    const problem = (await response.json()) as Problem;
    if (typeof problem.code === 'string' && typeof problem.detail === 'string') return problem;
  } catch {
    // Not JSON.
  }
  const title = `The answer was ${status}`;
  return {
    type: 'about:blank',
    title,
    status,
    code: 'unknown',
    detail: `${title}.`,
    request_id: '',
  };
}

/** A query string of what is there. */
export function queryOf(values: Readonly<Record<string, string | number | undefined>>): string {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined && value !== '');
  if (entries.length === 0) return '';
  return `?${new URLSearchParams(entries.map(([name, value]) => [name, String(value)])).toString()}`;
}
