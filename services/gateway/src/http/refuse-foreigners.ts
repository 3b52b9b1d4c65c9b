import type { IncomingHttpHeaders } from 'node:http';
import { isLoopbackName } from '@pawl/runtime';

/** What is known of a request before anything of it is answered. */
export interface KeylessRequest {
  readonly headers: IncomingHttpHeaders;
  /** `1.1`, for example. */
  readonly httpVersion: string;
  /** The port on which it arrived. */
  readonly port: number | undefined;
}

/** Headers that proxies, tunnels and content networks add to what they pass on, by their names. */
const proxyHeaders = new RegExp(
  `^(${[
    'forwarded(-.*)?',
    'x-(forwarded|original|real|client|cluster|proxy|envoy|amzn|amz-cf|azure|arr|appengine|cloud|vercel|nf|sucuri|coming|remote|rewrite|host|varnish|cache|squid|ms|goog|newrelic-proxy)(-.*)?',
    'x-proxyuser.*',
    'x-(scheme|ssl.*|port|via)',
    '(cf|cdn|fly|fastly|akamai|incap|tailscale|ngrok|true-client|wl-proxy|do|gcdn)-.*',
    '(http-)?client-ip',
    'surrogate-.*',
    'proxy-.*',
    'via',
    'max-forwards',
    'early-data',
  ].join('|')})$`,
);

/**
 * Without API keys a request counts as the machine's own user's only if nothing of it speaks for somebody else: a web
 * page in a browser (of any other origin, another port of this machine included), a name that was made to point here
 * (DNS rebinding), or a proxy that lets others in.
 *
 * A proxy that adds no header at all, speaks HTTP/1.1 and sends this gateway's own address as `Host` cannot be told from
 * a local program.
 *
 * @returns why the request is refused, as a sentence for whoever sent it; undefined where it is not
 */
export function refusalOf({ headers, httpVersion, port }: KeylessRequest): string | undefined {
  const own = ownHost(headers.host, port);
  if (own === undefined) {
    return `Without API keys only requests to localhost${port === undefined ? '' : `:${port}`} are answered. Create a key to use another name.`;
  }
  const proxy = Object.keys(headers).find((name) => proxyHeaders.test(name));
  if (proxy !== undefined) {
    return `Without API keys, requests that a proxy passes on are refused, and this one has the header ${proxy.slice(0, 100)}. Create a key to use a proxy.`;
  }
  if (httpVersion !== '1.1') {
    return `Without API keys, requests that a proxy passes on are refused, and HTTP/${httpVersion} is what proxies speak. Create a key to use a proxy.`;
  }
  const site = headers['sec-fetch-site'];
  const isOwnSite = site === undefined || site === 'none' || site === 'same-origin';
  if (!isOwnSite || !isOwnOrigin(headers.origin, own)) {
    return 'Without API keys, requests of web pages are refused, of other ports of this machine too. Create a key, and keep it out of pages.';
  }
  return undefined;
}

/** What the last request named as its host, rightly: the next one mostly names the same. */
let last: { readonly authority: string; readonly port: number; readonly host: string } | undefined;

/** The host of the gateway itself as a request names it; undefined where it names another. */
function ownHost(authority: string | undefined, port: number | undefined): string | undefined {
  if (last !== undefined && last.authority === authority && last.port === port) return last.host;
  const host = checkedHost(authority, port);
  if (host !== undefined && authority !== undefined && port !== undefined) {
    last = { authority, port, host };
  }
  return host;
}

function checkedHost(authority: string | undefined, port: number | undefined): string | undefined {
  const text = `http://${authority ?? ''}`;
  if (authority === undefined || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  const isBare =
    url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '';
  const isOwnPort = Number(url.port || 80) === port;
  return isBare && isOwnPort && isLoopbackName(url.hostname) ? url.host : undefined;
}

function isOwnOrigin(origin: string | undefined, own: string): boolean {
  return origin === undefined || origin === `http://${own}`;
}
