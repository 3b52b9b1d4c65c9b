import type { CookieOptions, Request, Response } from 'express';
import { cookieOf } from '../oauth/browser-cookie.ts';
import { digestOf } from '../oauth/link-token.ts';

/** The token of the session that a browser has with this gateway; undefined where it has none. */
export function sessionToken(request: Request, publicUrl: string): string | undefined {
  return cookieOf(request, cookieName(publicUrl));
}

export function setSessionCookie(
  response: Response,
  publicUrl: string,
  { token, maxAge }: { readonly token: string; readonly maxAge: number },
): void {
  response.cookie(cookieName(publicUrl), token, { ...attributes(publicUrl), maxAge });
}

export function clearSessionCookie(response: Response, publicUrl: string): void {
  response.clearCookie(cookieName(publicUrl), attributes(publicUrl));
}

/**
 * Whether a request comes from a page of this gateway's own origin: a cookie goes along with requests of other pages too,
 * of another port of the same host at least. A browser says which page it is by `Sec-Fetch-Site`, but only to https and
 * loopback addresses; elsewhere by `Origin`, which it leaves out of reads of its own origin alone.
 */
export function isOwnPage({ method, headers }: Request, publicUrl: string): boolean {
  const { origin, host, 'sec-fetch-site': site } = headers;
  if (site !== undefined && site !== 'same-origin') return false;
  if (origin !== undefined) {
    return origin === new URL(publicUrl).origin || origin.replace(/^https?:\/\//, '') === host;
  }
  return site !== undefined || method === 'GET' || method === 'HEAD';
}

/**
 * A name of its own, since the cookies of all ports of a host are in one jar. Over https the name also says who may have
 * set the cookie: with `__Host-` browsers take it from this host alone, so that no other host of the domain signs somebody
 * in as somebody else. A gateway below a path keeps its cookie from what else is on its host, and gets `__Secure-`.
 */
function cookieName(publicUrl: string): string {
  const { protocol, pathname } = new URL(publicUrl);
  const prefix = protocol !== 'https:' ? '' : pathname === '/' ? '__Host-' : '__Secure-';
  return `${prefix}pawl_session_${digestOf(publicUrl).slice(0, 8)}`;
}

/** Out of the reach of scripts, and sent along by no other site. */
function attributes(publicUrl: string): CookieOptions {
  const { protocol, pathname } = new URL(publicUrl);
  return { httpOnly: true, sameSite: 'strict', secure: protocol === 'https:', path: pathname };
}
