import { resumeJobs, type Account } from '@pawl/engine';
import type { OAuthState } from '@pawl/store';
import type { Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import type { Gateway } from '../gateway.ts';
import { note } from '../http/request-facts.ts';
import { browserDigest, clearBrowserCookie } from './browser-cookie.ts';
import { sendPage } from './page.ts';
import { pages } from './pages.ts';
import { isWebAddress } from './web-address.ts';

/** Other parameters of providers are not read. */
const Callback = z.object({
  state: z.string().regex(/^\d{1,4}_[\w-]{20,100}$/),
  auth_request_id: z.string().min(1).max(1_000).optional(),
  error: z
    .string()
    .regex(/^[\w.-]{1,64}$/)
    .catch('unknown')
    .optional(),
});

/**
 * `GET /callback`: the browser comes back from consent. Only a `state` of ours, unused, unexpired and begun in this
 * browser is verified with Scalekit; whose account it is says our record, never the URL.
 */
export function finishConnection(gateway: Gateway): RequestHandler {
  return async (request, response) => {
    const callback = Callback.safeParse(request.query);
    const { state, auth_request_id: authRequestId, error } = callback.data ?? {};
    if (state === undefined || (authRequestId === undefined && error === undefined)) {
      return sendPage(response, pages.brokenCallback);
    }
    const record = await takeState(gateway, request, state);
    if (record === undefined) return sendPage(response, pages.unknownState);
    note(response, { tenant: record.tenant });
    if (error !== undefined || authRequestId === undefined) {
      clearBrowserCookie(response, gateway.publicUrl, state);
      return sendPage(response, pages.denied(record.connection, error ?? 'unknown'));
    }
    await verify(gateway, { state, record, authRequestId, response });
  };
}

/** Uses the state up, unless it is another browser's: nobody can burn a state that was not begun with him. */
async function takeState(
  { store, engine }: Gateway,
  request: Request,
  state: string,
): Promise<OAuthState | undefined> {
  const digest = browserDigest(request, state);
  if (digest === undefined) return undefined;
  const record = await store.takeOAuthState(state, digest);
  return record !== undefined && record.expiresAt > engine.now() ? record : undefined;
}

interface Verification {
  readonly state: string;
  readonly record: OAuthState;
  readonly authRequestId: string;
  readonly response: Response;
}

async function verify(gateway: Gateway, verification: Verification): Promise<void> {
  const { state, record, authRequestId, response } = verification;
  const account: Account = {
    tenant: record.tenant,
    user: record.user,
    connection: record.connection,
  };
  const outcome = await gateway.tools.verify(account, authRequestId);
  switch (outcome.kind) {
    case 'verified':
      gateway.tools.forget(account);
      clearBrowserCookie(response, gateway.publicUrl, state);
      // Scalekit binds an authorization to a user, not to a connection: it may have been for another one.
      if ((await isActive(gateway, account)) === false) {
        return sendPage(response, pages.notActive(account.connection));
      }
      return goOn(gateway, { account, redirectUrl: outcome.redirectUrl, response });
    case 'refused':
      clearBrowserCookie(response, gateway.publicUrl, state);
      // A reload after an answer that got lost: it was verified before.
      if ((await isActive(gateway, account)) === true) {
        return goOn(gateway, { account, response });
      }
      return sendPage(response, pages.refused);
    case 'transient':
    case 'fatal': {
      const { code, message } = outcome.failure;
      gateway.log.warn({ code, reason: message }, 'Scalekit did not verify an authorization');
      // Put back, so that reloading the page finishes it.
      await gateway.store.saveOAuthState(state, record);
      return sendPage(response, outcome.kind === 'fatal' ? pages.misconfigured : pages.tryAgain);
    }
  }
}

/** By Scalekit's own word; undefined where it can't be asked: then the account is what it was just said to be. */
async function isActive({ tools }: Gateway, account: Account): Promise<boolean | undefined> {
  const active = await tools.isAccountActive(account, { fresh: true });
  return active.kind === 'found' ? active.value : undefined;
}

async function goOn(
  { engine, log }: Gateway,
  {
    account,
    redirectUrl,
    response,
  }: { account: Account; redirectUrl?: string | undefined; response: Response },
): Promise<void> {
  const jobs = await resumeJobs(engine, account).catch((error: unknown) => {
    log.error({ err: error }, 'jobs of a verified account were not resumed: the sweeper will');
  });
  if (redirectUrl !== undefined && isWebAddress(redirectUrl)) {
    response.redirect(303, redirectUrl);
    return;
  }
  sendPage(
    response,
    jobs === undefined
      ? pages.connectedLater(account.connection)
      : pages.connected(account.connection, jobs),
  );
}
