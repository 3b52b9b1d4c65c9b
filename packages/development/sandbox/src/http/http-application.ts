import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { noticePage } from '../accounts/consent-page.ts';
import type { SandboxControl } from '../control/control.ts';
import type { SandboxParts } from '../sandbox-parts.ts';
import { tokenRoute } from './access-tokens.ts';
import { consentRoutes } from './consent-routes.ts';
import { controlRoutes } from './control-routes.ts';
import { strikeHttpFaults } from './fault-middleware.ts';
import { modelRoutes } from './model-routes.ts';
import { proxyRoute } from './proxy-route.ts';

/** Everything of the sandbox that speaks HTTP/1.1. */
export function createHttpApplication(parts: SandboxParts, control: SandboxControl): Express {
  const { accounts, credentials, tokens } = parts;
  const application = express();
  application.disable('x-powered-by');
  application.set('etag', false);
  application.use((_request, response, next) => {
    response.set('x-pawl-sandbox', '1');
    next();
  });
  // First, since it is asked most often.
  application.use(modelRoutes(parts));
  application.get('/', (_request, response) => {
    const text =
      'This origin stands in for Scalekit and for a model endpoint. Nothing here is real.';
    response.type('html').send(noticePage('The sandbox is running', text));
  });
  application.use('/oauth/token', strikeHttpFaults(parts, 'token'));
  application.use('/proxy', strikeHttpFaults(parts, 'proxy'));
  application.use(tokenRoute(credentials, tokens));
  application.use(proxyRoute(parts));
  application.use(consentRoutes(accounts));
  application.use(controlRoutes(control));
  application.use((_request, response) => {
    response.status(404).json({ error: 'the sandbox serves no such path' });
  });
  application.use(
    (
      error: { status?: number; message?: string },
      _request: Request,
      response: Response,
      next: NextFunction,
    ) => {
      if (response.headersSent) {
        next(error);
        return;
      }
      response.status(error.status ?? 500).json({ error: error.message ?? 'failed' });
    },
  );
  return application;
}
