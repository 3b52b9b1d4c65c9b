import { defaultRetrySettings, type RetrySettings } from './repeat.ts';

export interface PawlClientSettings {
  /** The gateway's, such as `http://localhost:3000`. */
  readonly baseUrl: string;
  readonly apiKey?: string | undefined;
  /** For one attempt, without the time for which the gateway was asked to wait. Default: 30,000. */
  readonly timeoutMilliseconds?: number | undefined;
  readonly retry?: Partial<RetrySettings> | undefined;
  /** Instead of the platform's. */
  readonly fetch?: typeof globalThis.fetch | undefined;
}

/** A gateway, and how it is talked to. */
export interface Gateway {
  readonly baseUrl: URL;
  readonly apiKey: string | undefined;
  readonly timeoutMilliseconds: number;
  readonly retry: RetrySettings;
  readonly fetch: typeof globalThis.fetch;
}

const TIMEOUT_MILLISECONDS = 30_000;

/** @throws TypeError if the address or the key cannot be used, without showing the key. */
export function readSettings({
  baseUrl,
  apiKey,
  timeoutMilliseconds = TIMEOUT_MILLISECONDS,
  retry,
  fetch = globalThis.fetch,
}: PawlClientSettings): Gateway {
  // `fetch` would repeat an unusable header in its error.
  if (apiKey !== undefined && !/^[\x21-\x7e]+$/.test(apiKey)) {
    throw new TypeError('The API key holds a space or a character that no key has.');
  }
  return {
    baseUrl: parseBaseUrl(baseUrl),
    apiKey,
    timeoutMilliseconds,
    retry: { ...defaultRetrySettings, ...retry },
    fetch,
  };
}

function parseBaseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw new TypeError(
      "The gateway's address must be an http or https URL, such as http://localhost:3000.",
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new TypeError("The gateway's address must not hold credentials: give the API key.");
  }
  url.search = '';
  url.hash = '';
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}
