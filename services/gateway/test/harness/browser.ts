export interface Visit {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Where it is sent to; empty where it is not. */
  readonly location: string;
  readonly setCookie: string;
}

/** A browser that keeps cookies and shows every redirect instead of following it. */
export function openBrowser(cookies = '') {
  const jar = new Map(
    cookies === '' ? [] : cookies.split('; ').map((pair) => pair.split('=', 2) as [string, string]),
  );
  const header = () => [...jar].map(([name, value]) => `${name}=${value}`).join('; ');

  async function visit(url: string, init: RequestInit = {}): Promise<Visit> {
    const headers = { Cookie: header(), ...(init.headers as Readonly<Record<string, string>>) };
    const response = await fetch(url, { ...init, redirect: 'manual', headers });
    for (const cookie of response.headers.getSetCookie()) {
      const [name = '', value = ''] = cookie.split(';', 1)[0]?.split('=', 2) ?? [];
      if (value === '') jar.delete(name);
      else jar.set(name, value);
    }
    return {
      status: response.status,
      headers: response.headers,
      text: await response.text(),
      location: response.headers.get('location') ?? '',
      setCookie: response.headers.get('set-cookie') ?? '',
    };
  }
  const get = (url: string) => visit(url);
  const post = (
    url: string,
    fields: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>> = {},
  ) => visit(url, { method: 'POST', body: new URLSearchParams(fields), headers });

  return {
    cookies: header,
    get,
    post,
    /** Opens a page and presses its button; answers the page itself where it has none. */
    async goOn(url: string): Promise<Visit> {
      const page = await get(url);
      return page.text.includes('<form') ? post(url, { proof: proofIn(page) }) : page;
    },
  };
}

/** What the page's form sends along. */
export function proofIn({ text }: Visit): string {
  return /name="proof" value="([0-9a-f]+)"/.exec(text)?.[1] ?? '';
}

export type Browser = ReturnType<typeof openBrowser>;
