import type { LookupFailure } from '@pawl/engine';
import type { Request, Response } from 'express';
import type { Gateway } from '../gateway.ts';
import { callbackUrl, randomToken, openedState, setBrowserCookies } from './browser-cookie.ts';
import { digestOf, isWebAddress } from './link-token.ts';
import type { WaitingAccount } from './waiting-account.ts';

/** A state lives as long as its link, in milliseconds: an hour at most. */
const longestState = 3_600_000;
/** How long a state is kept for a link that is being made. */
const whileAsking = 60_000;
/** A link that expires sooner than this is not shown again: nobody could finish in time. */
const shortestRest = 15_000;

interface Opening extends WaitingAccount {
  readonly request: Request;
  readonly response: Response;
}

export type ConsentLink =
  | { readonly kind: 'found'; readonly url: string }
  | { readonly kind: 'misconfigured' }
  /** As many links of this account are open as may be; in so many seconds one expires. */
  | { readonly kind: 'full'; readonly seconds: number }
  | { readonly kind: 'failed'; readonly failure: LookupFailure };

/**
 * Scalekit's link to the consent page for one browser. The browser that has one gets it again until it expires, so
 * opening a link often makes one at Scalekit; another browser gets its own, since only the browser in which an
 * authorization was begun may finish it. Of each account a bounded number is open at a time.
 */
export function createConsentLinks(gateway: Gateway) {
  return async (opening: Opening): Promise<ConsentLink> => {
    const url = await findOpen(gateway, opening);
    return url === undefined ? makeLink(gateway, opening) : { kind: 'found', url };
  };
}

async function findOpen(
  { engine, engine: { store } }: Gateway,
  { account, request }: Opening,
): Promise<string | undefined> {
  const opened = openedState(request);
  if (opened === undefined) return undefined;
  const record = await store.readOAuthState(opened.state, digestOf(opened.secret));
  const isSame =
    record?.tenant === account.tenant &&
    record.user === account.user &&
    record.connection === account.connection;
  return isSame && record.expiresAt > engine.now() + shortestRest ? record.url : undefined;
}

async function makeLink(
  { engine, engine: { store }, tools, publicUrl }: Gateway,
  { account, shard, returnUrl, request, response }: Opening,
): Promise<ConsentLink> {
  const now = engine.now();
  const state = `${shard}_${randomToken()}`;
  const secret = randomToken();
  const { tenant, user, connection } = account;
  const owner = {
    tenant,
    user,
    connection,
    cookieDigest: digestOf(secret),
    ...(returnUrl !== undefined && { returnUrl }),
  };
  // Before Scalekit is asked, so that openings at the same time keep the bound as well.
  const reserved = { ...owner, expiresAt: now + whileAsking };
  const place = await store.saveOAuthState(state, reserved);
  if (place.kind === 'full') {
    return { kind: 'full', seconds: Math.max(1, Math.ceil((place.until - now) / 1_000)) };
  }
  const link = await tools.authorizationLink(account, { state, verifyUrl: callbackUrl(publicUrl) });
  if (link.kind !== 'found' || !isWebAddress(link.value.url)) {
    await store.dropOAuthState(state, reserved);
    return link.kind === 'found' ? { kind: 'misconfigured' } : { kind: 'failed', failure: link };
  }
  const { url } = link.value;
  const expiresAt = Math.min(link.value.expiresAt, now + longestState);
  await store.saveOAuthState(state, { ...owner, expiresAt, url });
  const { path } = request;
  setBrowserCookies(response, publicUrl, { state, secret, path, maxAge: expiresAt - now });
  return { kind: 'found', url };
}
