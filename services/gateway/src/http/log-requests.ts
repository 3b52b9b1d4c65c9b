import type { RequestHandler } from 'express';
import type { Logger } from '@pawl/runtime';
import { factsOf } from './request-facts.ts';
import { requestIdOf } from './request-id.ts';

const probes = new Set(['/healthz', '/readyz']);

/**
 * One line a request. It names the route and never the URL: paths and queries hold the secrets of links and of the
 * OAuth callback (invariant 11).
 */
export function logRequests(log: Logger): RequestHandler {
  return (request, response, next) => {
    const begun = performance.now();
    response.once('close', () => {
      const facts = factsOf(response);
      const level = levelOf(response.statusCode, facts.route);
      log[level](
        {
          requestId: requestIdOf(response),
          method: request.method,
          ...facts,
          ...(response.writableFinished ? { status: response.statusCode } : { disconnected: true }),
          durationMs: Math.round(performance.now() - begun),
        },
        'request',
      );
    });
    next();
  };
}

function levelOf(status: number, route: string | undefined): 'debug' | 'info' | 'error' {
  if (route !== undefined && probes.has(route)) return 'debug';
  return status >= 500 ? 'error' : 'info';
}
