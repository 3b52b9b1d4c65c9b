import { type Response, Router, urlencoded } from 'express';
import type { AccountStore } from '../accounts/account-store.ts';
import { consentPage, noticePage } from '../accounts/consent-page.ts';

const connectorNames: Record<string, string> = {
  gmail: 'Gmail',
  github: 'GitHub',
  slack: 'Slack',
};

const closedLinks = {
  unknown: { status: 404, title: 'Unknown link', text: 'The sandbox does not know this link.' },
  expired: {
    status: 410,
    title: 'This link has expired',
    text: 'Go back to the application and ask for a new link.',
  },
  used: {
    status: 410,
    title: 'This link was used already',
    text: 'The account was approved with it. Ask the application for a new link to do it again.',
  },
} as const;

function sendPage(response: Response, status: number, html: string): void {
  response
    .status(status)
    .set({
      'Cache-Control': 'no-store',
      'Referrer-Policy': 'no-referrer',
      'Content-Security-Policy':
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
    })
    .type('html')
    .send(html);
}

function sendClosed(response: Response, state: keyof typeof closedLinks): void {
  const { status, title, text } = closedLinks[state];
  sendPage(response, status, noticePage(title, text));
}

/**
 * The browser's side of an authorization: `GET /magicLink/{token}` shows the consent page and
 * changes nothing (mail scanners open links), `POST` takes the decision.
 */
export function consentRoutes(accounts: AccountStore): Router {
  const router = Router();

  router.get('/magicLink/:token', (request, response) => {
    const found = accounts.linkState(request.params.token);
    if (found.state !== 'open') return sendClosed(response, found.state);
    const { link, account } = found;
    const { connector, keyId } = account.connection;
    return sendPage(
      response,
      200,
      consentPage({
        connection: keyId,
        connector: connectorNames[connector] ?? connector,
        identifier: account.identifier,
        returnHost: link.userVerifyUrl === undefined ? undefined : new URL(link.userVerifyUrl).host,
        expiresAt: link.expiresAt,
      }),
    );
  });

  router.post(
    '/magicLink/:token',
    urlencoded({ extended: false, limit: '4kb' }),
    (request, response) => {
      const form = request.body as { decision?: string } | undefined;
      if (form?.decision !== 'approve') {
        const found = accounts.linkState(request.params['token'] ?? '');
        if (found.state !== 'open') return sendClosed(response, found.state);
        const text = 'Nothing was connected. The link stays valid until it expires.';
        return sendPage(response, 200, noticePage('Access denied', text));
      }
      const approval = accounts.approve(request.params['token'] ?? '');
      switch (approval.outcome) {
        case 'verify':
          return response.redirect(303, approval.redirectTo);
        case 'active': {
          const text = `The sandbox account for ${approval.account.connection.keyId} is active. You can close this window.`;
          return sendPage(response, 200, noticePage('Account connected', text));
        }
        default:
          return sendClosed(response, approval.outcome);
      }
    },
  );

  return router;
}
