import { createPawlClient, PawlApiError, PawlConnectionError } from '@pawl/client';

/** What is told of each request: who is signed in and whether anybody answers follow from it. */
export interface RequestObserver {
  answered(): void;
  failed(error: PawlApiError | PawlConnectionError): void;
}

let observer: RequestObserver | undefined;

export function observeRequests(next: RequestObserver): void {
  observer = next;
}

/** The public API, at the gateway that this page came from; the session's cookie goes along. */
export const client = createPawlClient({
  baseUrl: document.baseURI,
  // Whoever watches for it asks again; a person who waits for an answer wants to know soon.
  retry: { retries: 1, longestMilliseconds: 2_000 },
  fetch: (input, init) => send(input, init),
});

/** Sends a request and tells of its end. */
export async function send(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(input, { ...init, credentials: 'same-origin', cache: 'no-store' });
  } catch (error) {
    if (init?.signal?.aborted !== true) {
      observer?.failed(new PawlConnectionError('The gateway does not answer.'));
    }
    throw error;
  }
  if (response.ok) observer?.answered();
  else observer?.failed(await errorOf(response.clone()));
  return response;
}

/** The error of an answer that is none of 2xx. */
export async function errorOf(response: Response): Promise<PawlApiError> {
  const { status } = response;
  const problem: unknown = await response.json().catch(() => undefined);
  if (typeof problem === 'object' && problem !== null && 'code' in problem && 'detail' in problem) {
    return new PawlApiError({ status, code: String(problem.code), detail: String(problem.detail) });
  }
  return new PawlApiError({
    status,
    code: 'unexpected_answer',
    detail: `The address answered ${status}, and not as Pawl’s gateway does.`,
  });
}
