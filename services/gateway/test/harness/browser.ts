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

  return {
    cookies: header,
    async get(url: string): Promise<Visit> {
      const response = await fetch(url, { redirect: 'manual', headers: { Cookie: header() } });
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
    },
  };
}

export type Browser = ReturnType<typeof openBrowser>;
