import { randomBytes } from 'node:crypto';
import type { CookieOptions, Request, Response } from 'express';
import { digestOf } from './link-token.ts';

/** What ties a `state` to the browser that was sent to the consent page. */
export interface BrowserState {
  readonly state: string;
  readonly secret: string;
}

interface NewBrowserState extends BrowserState {
  /** The path of the link that was opened, as `request.path`. */
  readonly path: string;
  /** Milliseconds. */
  readonly maxAge: number;
}

/**
 * Gives a browser the secret of its `state`: a callback that another browser was lured to comes without it. Each state
 * has a cookie of its own, so that several links can be open at a time. A second cookie is for the opened link alone:
 * with it, the browser that opens the link again is known again.
 */
export function setBrowserCookies(
  response: Response,
  publicUrl: string,
  { state, secret, path, maxAge }: NewBrowserState,
): void {
  const options = { ...attributes(publicUrl), maxAge };
  response.cookie(cookieName(state), secret, options);
  const linkPath = new URL(`${publicUrl}${path}`).pathname;
  response.cookie(linkCookieName(path), `${state}.${secret}`, { ...options, path: linkPath });
}

export function clearBrowserCookie(response: Response, publicUrl: string, state: string): void {
  response.clearCookie(cookieName(state), attributes(publicUrl));
}

/** The digest of the browser's secret for this state; undefined where it has none. */
export function browserDigest(request: Request, state: string): string | undefined {
  const secret = cookieOf(request, cookieName(state));
  return secret === undefined ? undefined : digestOf(secret);
}

/** The state that this browser got when it opened the link of this path before; undefined where it has none. */
export function openedState(request: Request): BrowserState | undefined {
  const cookie = cookieOf(request, linkCookieName(request.path));
  const [, state, secret] = /^(\d{1,4}_[\w-]+)\.([\w-]+)$/.exec(cookie ?? '') ?? [];
  return state === undefined || secret === undefined ? undefined : { state, secret };
}

/** The value of a cookie that has one. */
export function cookieOf(request: Request, name: string): string | undefined {
  const wanted = `${name}=`;
  return request.headers.cookie
    ?.split(';')
    .map((pair) => pair.trim())
    .find((pair) => pair.startsWith(wanted) && pair.length > wanted.length)
    ?.slice(wanted.length);
}

/** 256 random bits that need no escaping in a URL or a cookie. */
export function randomToken(): string {
  return randomBytes(32).toString('base64url');
}

function cookieName(state: string): string {
  return `pawl_connect_${digestOf(state).slice(0, 16)}`;
}

function linkCookieName(path: string): string {
  return `pawl_link_${digestOf(path).slice(0, 16)}`;
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
