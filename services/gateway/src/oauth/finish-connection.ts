import type { OAuthState } from '@pawl/store';
import type { Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import type { Gateway } from '../gateway.ts';
import { note } from '../http/request-log.ts';
import { browserDigest, clearBrowserCookie } from './browser-cookie.ts';
import { sendPage } from './page.ts';
import { pages } from './pages.ts';
import { makeVerificationCode } from './verification-code.ts';
import { verifyAuthorization } from './verify-authorization.ts';

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
 * browser counts; whose account it is says our record, never the URL. It is verified with Scalekit at once, or, with
 * `CONNECT_VERIFY_URL`, once the application has confirmed its signed-in user.
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
    const { connectVerifyUrl } = gateway.settings;
    const verification = { state, record, authRequestId, response };
    await (connectVerifyUrl === undefined
      ? verify(gateway, verification)
      : askApplication(gateway, verification, connectVerifyUrl));
  };
}

/**
 * Uses the state up, unless it is another browser's: nobody can burn a state that was not begun with him. What else was
 * begun for the account is worth nothing then: to Scalekit an account has one authorization, and the newest may be that
 * of the person in this browser, who never saw the link's page.
 */
async function takeState(
  { engine, engine: { store } }: Gateway,
  request: Request,
  state: string,
): Promise<OAuthState | undefined> {
  const digest = browserDigest(request, state);
  const record = digest === undefined ? undefined : await store.takeOAuthState(state, digest);
  if (record === undefined) {
    await store.dropOtherOAuthStates(state);
    return undefined;
  }
  return record.expiresAt > engine.now() ? record : undefined;
}

interface Verification {
  readonly state: string;
  readonly record: OAuthState;
  readonly authRequestId: string;
  readonly response: Response;
}

async function verify(gateway: Gateway, verification: Verification): Promise<void> {
  const { state, record, authRequestId, response } = verification;
  const { tenant, user, connection } = record;
  const verified = await verifyAuthorization(gateway, { tenant, user, connection }, authRequestId);
  if (verified.kind !== 'failed') clearBrowserCookie(response, gateway.publicUrl, state);
  switch (verified.kind) {
    case 'connected': {
      const { jobs } = verified;
      const redirectUrl = record.returnUrl ?? verified.redirectUrl;
      if (redirectUrl !== undefined) return response.redirect(303, redirectUrl);
      return sendPage(
        response,
        jobs === undefined ? pages.connectedLater(connection) : pages.connected(connection, jobs),
      );
    }
    case 'not_active':
      return sendPage(response, pages.notActive(connection));
    case 'refused':
      return sendPage(response, pages.refused);
    case 'failed': {
      // Put back, so that reloading the page finishes it.
      await gateway.engine.store.saveOAuthState(state, record);
      const isFatal = verified.failure.kind === 'fatal';
      return sendPage(response, isFatal ? pages.misconfigured : pages.tryAgain);
    }
  }
}

/** Leaves it to the application to say who is signed in there, in this browser. */
async function askApplication(
  gateway: Gateway,
  verification: Verification,
  verifyUrl: string,
): Promise<void> {
  const { state, record, authRequestId, response } = verification;
  clearBrowserCookie(response, gateway.publicUrl, state);
  const code = await makeVerificationCode(gateway, { verifyUrl, state, record, authRequestId });
  if (code.kind === 'full') return sendPage(response, pages.openedTooOften(code.seconds));
  response.redirect(303, code.url);
}
