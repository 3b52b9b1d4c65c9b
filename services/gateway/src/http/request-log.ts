import { randomUUID } from 'node:crypto';
import type { ProblemCode } from '@pawl/contracts';
import type { Logger } from '@pawl/runtime';
import type { RequestHandler, Response } from 'express';

export const requestIdHeader = 'X-Request-Id';

/** Gives every answer an id of its own, by which a person finds it in the log. */
export const assignRequestId: RequestHandler = (_request, response, next) => {
  response.setHeader(requestIdHeader, newRequestId());
  next();
};

export function newRequestId(): string {
  return `req_${randomUUID().replaceAll('-', '')}`;
}

export function requestIdOf(response: Response): string {
  return String(response.getHeader(requestIdHeader));
}

/** What the log line of a request tells of it. */
export interface RequestFacts {
  /** The pattern of the path, such as `/v1/jobs/:id`. */
  readonly route?: string;
  readonly tenant?: string;
  readonly job?: string;
  /** The code of the problem that was answered. */
  readonly problem?: ProblemCode;
  readonly trace_id?: string;
  readonly span_id?: string;
}

/** On the answer itself: a WeakMap with an entry for each request costs the garbage collector more than all else here. */
const facts = Symbol('facts');

interface Noted {
  [facts]?: RequestFacts;
}

export function note(response: Response & Noted, further: RequestFacts): void {
  const known = response[facts];
  if (known === undefined) response[facts] = Object.assign({}, further);
  else Object.assign(known, further);
}

export function factsOf(response: Response & Noted): RequestFacts {
  return response[facts] ?? {};
}

export const probes: ReadonlySet<string> = new Set(['/healthz', '/readyz']);

/**
 * One line a request. It names the route and never the URL: paths and queries hold the secrets of links and of the
 * OAuth callback (invariant 11).
 */
export function logRequests(log: Logger): RequestHandler {
  // Every field is one of those below, and none is a secret: to look for secrets would be most of what a line costs.
  const lines = log.child({}, { redact: [] });
  return (request, response, next) => {
    const begun = performance.now();
    response.once('close', () => {
      const facts = factsOf(response);
      const level = levelOf(response.statusCode, facts.route);
      lines[level](
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
