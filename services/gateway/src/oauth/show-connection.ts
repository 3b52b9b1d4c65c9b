import type { Request, RequestHandler, Response } from 'express';
import type { Gateway } from '../gateway.ts';
import { type PageAddress, provePage } from './page-proof.ts';
import { sendPage } from './page.ts';
import { pages } from './pages.ts';
import { findWaitingAccount, type WaitingAccount } from './waiting-account.ts';

/**
 * `GET /connect/{token}`: a page that says whose account is asked for, by which application, and goes on by POST. It
 * decides nothing and asks nobody, since mail scanners and browsers open links ahead of people.
 */
export function showConnection(gateway: Gateway): RequestHandler {
  return async (request, response) => {
    const token = String(request.params['token']);
    const waiting = await findWaitingAccount(gateway, token, response);
    if (waiting === undefined) return;
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    sendConnectPage(gateway, { ...waiting, request, response, token });
  };
}

interface Asked extends WaitingAccount {
  readonly request: Request;
  readonly response: Response;
  readonly token: string;
}

/** The page, with the form that goes on; `status` where it is shown instead of going on. */
export function sendConnectPage(gateway: Gateway, asked: Asked, status = 200): void {
  const { request, response, token, account, returnUrl } = asked;
  const page = pages.connect({
    application: applicationName(gateway),
    connection: account.connection,
    user: account.user,
  });
  const proof = provePage(request, response, connectAddress(gateway, token));
  sendPage(response, {
    ...page,
    status,
    form: {
      button: 'Continue',
      hint: 'On the next page you choose the account and give your consent, or refuse it.',
      fields: { proof },
      redirects: [
        ...gateway.settings.consentOrigins,
        ...(returnUrl === undefined ? [] : [new URL(returnUrl).origin]),
      ],
    },
  });
}

/** The address of a link's page. */
export function connectAddress({ publicUrl }: Gateway, token: string): PageAddress {
  return { publicUrl, path: `/connect/${encodeURIComponent(token)}` };
}

function applicationName({ settings, publicUrl }: Gateway): string {
  return settings.applicationName ?? new URL(publicUrl).host;
}
