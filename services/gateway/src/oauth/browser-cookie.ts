import { randomBytes } from 'node:crypto';
import type { CookieOptions, Request, Response } from 'express';
import { digestOf } from './digest.ts';

/**
 * Ties a `state` to the browser that was sent to the consent page: a callback that another browser was lured to comes
 * without this cookie. Each state has a cookie of its own, so that several links can be open at a time.
 */
export function setBrowserCookie(
  response: Response,
  publicUrl: string,
  { state, secret, maxAge }: { state: string; secret: string; maxAge: number },
): void {
  response.cookie(cookieName(state), secret, { ...attributes(publicUrl), maxAge });
}

export function clearBrowserCookie(response: Response, publicUrl: string, state: string): void {
  response.clearCookie(cookieName(state), attributes(publicUrl));
}

/** The digest of the browser's secret for this state; undefined where it has none. */
export function browserDigest(request: Request, state: string): string | undefined {
  const wanted = `${cookieName(state)}=`;
  const cookie = request.headers.cookie
    ?.split(';')
    .map((pair) => pair.trim())
    .find((pair) => pair.startsWith(wanted));
  return cookie === undefined ? undefined : digestOf(cookie.slice(wanted.length));
}

/** 256 random bits that need no escaping in a URL or a cookie. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

function cookieName(state: string): string {
  return `pawl_connect_${digestOf(state).slice(0, 16)}`;
}

function attributes(publicUrl: string): CookieOptions {
  const callback = new URL(callbackUrl(publicUrl));
  return {
    httpOnly: true,
    sameSite: 'lax',
    secure: callback.protocol === 'https:',
    path: callback.pathname,
  };
}

/** Where Scalekit sends the browser after consent. */
export function callbackUrl(publicUrl: string): string {
  return `${publicUrl}/callback`;
}
