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

/** A name of its own, since the cookies of all ports of a host are in one jar. */
function cookieName(publicUrl: string): string {
  return `pawl_session_${digestOf(publicUrl).slice(0, 8)}`;
}

/** Out of the reach of scripts, and sent along by no other site. */
function attributes(publicUrl: string): CookieOptions {
  const { protocol, pathname } = new URL(publicUrl);
  return { httpOnly: true, sameSite: 'strict', secure: protocol === 'https:', path: pathname };
}
