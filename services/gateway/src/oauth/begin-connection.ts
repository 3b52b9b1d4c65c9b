import { type LookupFailure, resumeJobs } from '@pawl/engine';
import { type Request, type RequestHandler, type Response, urlencoded } from 'express';
import type { Gateway } from '../gateway.ts';
import { createConsentLinks } from './consent-link.ts';
import { isSentFromPage } from './page-proof.ts';
import { sendPage } from './page.ts';
import { pages } from './pages.ts';
import { connectAddress, sendConnectPage } from './show-connection.ts';
import { findWaitingAccount } from './waiting-account.ts';

/**
 * `POST /connect/{token}`: the person goes on from the link's page to Scalekit's consent page. What does not come from
 * that page is shown it instead. It may be done any number of times: what is used once is the `state` that each browser
 * gets.
 */
export function beginConnection(gateway: Gateway): RequestHandler {
  const consentLink = createConsentLinks(gateway);
  return async (request, response) => {
    const token = String(request.params['token']);
    const waiting = await findWaitingAccount(gateway, token, response);
    if (waiting === undefined) return;
    const { account } = waiting;
    const proof = await readProof(request, response);
    if (!isSentFromPage(request, connectAddress(gateway, token), proof)) {
      return sendConnectPage(gateway, { ...waiting, request, response, token }, 403);
    }
    const active = await gateway.tools.isAccountActive(account, { fresh: true });
    if (active.kind !== 'found') return sendFailure(gateway, response, active);
    if (active.value) {
      gateway.tools.forget(account);
      const jobs = await resumeJobs(gateway.engine, account);
      if (waiting.returnUrl !== undefined) return response.redirect(303, waiting.returnUrl);
      return sendPage(response, pages.connected(account.connection, jobs));
    }
    const link = await consentLink({ ...waiting, request, response });
    switch (link.kind) {
      case 'found':
        response.redirect(303, link.url);
        return;
      case 'misconfigured':
        return sendPage(response, pages.misconfigured);
      case 'full':
        return sendPage(response, pages.openedTooOften(link.seconds));
      case 'failed':
        return sendFailure(gateway, response, link.failure);
    }
  };
}

const parseForm = urlencoded({ extended: false, limit: 4_096, parameterLimit: 10 });

/** The form's proof; undefined where the body is no such form. */
async function readProof(request: Request, response: Response): Promise<unknown> {
  const isRead = await new Promise<boolean>((resolve) => {
    parseForm(request, response, (error?: unknown) => resolve(error === undefined));
  });
  const body = isRead ? (request.body as Record<string, unknown> | undefined) : undefined;
  return body?.['proof'];
}

function sendFailure({ log }: Gateway, response: Response, lookup: LookupFailure): void {
  const { code, message } = lookup.failure;
  log.warn({ code, reason: message }, 'Scalekit did not answer a question about an account');
  sendPage(response, lookup.kind === 'fatal' ? pages.misconfigured : pages.tryAgain);
}
