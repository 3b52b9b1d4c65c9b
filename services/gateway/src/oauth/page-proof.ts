import { timingSafeEqual } from 'node:crypto';
import type { CookieOptions, Request, Response } from 'express';
import { cookieOf, randomToken } from './browser-cookie.ts';
import { digestOf } from './link-token.ts';

const hour = 3_600_000;

/**
 * What a form of ours sends along to prove that this browser was shown the page: the digest of a secret that only the
 * browser's cookie holds, and of the page's address. Nothing is stored.
 */
export function provePage(request: Request, response: Response, page: PageAddress): string {
  const name = cookieName(page);
  // A second tab of the same page must not make the first one's form worthless.
  const secret = cookieOf(request, name) ?? randomToken();
  response.cookie(name, secret, { ...attributes(page), maxAge: hour });
  return proofOf(secret, page);
}

/**
 * Whether a form was sent by a person from the page itself. Another site can have a browser send any form, but not with
 * the cookie (`SameSite`), not with the page's proof, which it cannot read, and not as the page's own origin.
 */
export function isSentFromPage(request: Request, page: PageAddress, proof: unknown): boolean {
  const secret = cookieOf(request, cookieName(page));
  if (secret === undefined || typeof proof !== 'string') return false;
  return isOwnOrigin(request, page) && isSame(proof, proofOf(secret, page));
}

export interface PageAddress {
  readonly publicUrl: string;
  /** The part of the path after `PUBLIC_URL`. */
  readonly path: string;
}

/** Every current browser names where a form comes from; a client that names nothing is no browser. */
function isOwnOrigin({ headers }: Request, { publicUrl }: PageAddress): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  const { origin, host } = headers;
  if (origin === undefined) return true;
  if (!URL.canParse(origin)) return false;
  return origin === new URL(publicUrl).origin || new URL(origin).host === host;
}

function proofOf(secret: string, { path }: PageAddress): string {
  return digestOf(`${secret} ${path}`);
}

/** In constant time: digests are of one length. */
function isSame(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(digestOf(one)), Buffer.from(digestOf(other)));
}

function cookieName({ path }: PageAddress): string {
  return `pawl_page_${digestOf(path).slice(0, 16)}`;
}

function attributes({ publicUrl, path }: PageAddress): CookieOptions {
  const url = new URL(`${publicUrl}${path}`);
  return {
    httpOnly: true,
    sameSite: 'lax',
    secure: url.protocol === 'https:',
    path: url.pathname,
  };
}
