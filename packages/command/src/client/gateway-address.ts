import type { GatewayAddress } from './exchange.ts';

export interface GatewaySettings {
  /** The gateway's, such as `http://localhost:3000`. */
  readonly baseUrl: string;
  readonly apiKey?: string | undefined;
  readonly fetch?: typeof globalThis.fetch;
}

/** @throws TypeError if the address or the key cannot be used, without showing the key. */
export function gatewayAddress({
  baseUrl,
  apiKey,
  fetch = globalThis.fetch,
}: GatewaySettings): GatewayAddress {
  // `fetch` would repeat an unusable header in its error.
  if (apiKey !== undefined && !/^[\x21-\x7e]+$/.test(apiKey)) {
    throw new TypeError('The API key holds a space or a character that no key has.');
  }
  return { baseUrl: parseBaseUrl(baseUrl), apiKey, fetch };
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
