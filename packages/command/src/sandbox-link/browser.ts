import { CookieJar } from 'tough-cookie';

export interface BrowserSettings {
  readonly fetch: typeof globalThis.fetch;
  readonly signal: AbortSignal;
  /** Redirects to anywhere else are not followed. */
  readonly mayVisit: (url: URL) => boolean;
}

/** Where a visit ended: at a page, or before an address that may not be visited. */
export type Visit =
  | { readonly kind: 'page'; readonly url: URL; readonly status: number; readonly html: string }
  | { readonly kind: 'led_away'; readonly url: URL };

export interface Browser {
  visit(url: URL): Promise<Visit>;
  submit(url: URL, method: 'GET' | 'POST', fields: URLSearchParams): Promise<Visit>;
}

const MOST_REDIRECTS = 10;
const TIME_LIMIT_MILLISECONDS = 20_000;

/** As much of a browser as a link needs: cookies and redirects. Its cookies live as long as it does. */
export function createBrowser({ fetch, signal, mayVisit }: BrowserSettings): Browser {
  const cookies = new CookieJar();

  async function load(start: URL, init: RequestInit): Promise<Visit> {
    let url = start;
    let request = init;
    for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
      if (!mayVisit(url)) return { kind: 'led_away', url };
      const response = await send(url, request);
      const html = await response.text();
      const location = response.headers.get('location');
      if (response.status < 300 || response.status > 399 || location === null) {
        return { kind: 'page', url, status: response.status, html };
      }
      url = new URL(location, url);
      // 307 and 308 repeat the request; after all others a browser goes on with GET.
      if (response.status !== 307 && response.status !== 308) request = {};
    }
    throw new Error(`more than ${MOST_REDIRECTS} redirects, the last at ${url.host}`);
  }

  async function send(url: URL, request: RequestInit): Promise<Response> {
    const cookie = await cookies.getCookieString(url.href);
    const timeLimit = AbortSignal.timeout(TIME_LIMIT_MILLISECONDS);
    const response = await fetch(url, {
      ...request,
      headers: { accept: 'text/html', ...(cookie !== '' && { cookie }) },
      redirect: 'manual',
      signal: AbortSignal.any([signal, timeLimit]),
    });
    // Node 20 may collect a time limit that nothing else holds, and it would never end.
    timeLimit.throwIfAborted();
    for (const set of response.headers.getSetCookie()) {
      await cookies.setCookie(set, url.href, { ignoreError: true });
    }
    return response;
  }

  return {
    visit: (url) => load(url, {}),
    submit: (url, method, fields) => {
      if (method === 'POST') return load(url, { method, body: fields });
      const target = new URL(url);
      target.search = fields.toString();
      return load(target, {});
    },
  };
}
