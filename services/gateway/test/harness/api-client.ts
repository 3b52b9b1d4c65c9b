import type { Job, Problem } from '@pawl/contracts';

export interface Answer<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

export type Headed = Readonly<Record<string, string>>;

/** Plain HTTP, with JSON read where an answer is JSON. */
export function apiClient(url: string, always: Headed = {}) {
  async function send<Body>(path: string, request: RequestInit = {}): Promise<Answer<Body>> {
    const response = await fetch(`${url}${path}`, {
      ...request,
      redirect: 'manual',
      headers: { ...always, ...(request.headers as Headed | undefined) },
    });
    const text = await response.text();
    const isJson = /[/+]json\b/.test(response.headers.get('content-type') ?? '');
    const body = (isJson ? JSON.parse(text) : text) as Body;
    return { status: response.status, headers: response.headers, body };
  }

  return {
    send,
    get: <Body = Job>(path: string, headers: Headed = {}) => send<Body>(path, { headers }),
    post: <Body = Job>(path: string, body?: unknown, headers: Headed = {}) =>
      send<Body>(path, {
        method: 'POST',
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        headers: { 'Content-Type': 'application/json', ...headers },
      }),
    /** A body as it is, to be refused. */
    postText: (path: string, body: string | Uint8Array<ArrayBuffer>, headers: Headed = {}) =>
      send<Problem>(path, {
        method: 'POST',
        body,
        headers: { 'Content-Type': 'application/json', ...headers },
      }),
  };
}

export type ApiClient = ReturnType<typeof apiClient>;
