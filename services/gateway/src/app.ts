import express, { type Express, type RequestHandler, Router } from 'express';
import { showApproval, takeApproval } from './approvals/approval-link.ts';
import { createHandlers } from './api/handlers.ts';
import { type OperationName, operations } from './api/operations.ts';
import type { Operation } from './api/operation.ts';
import { showApiDocument, showApiPage } from './api/show-api.ts';
import { boardSide } from './board/show-board.ts';
import { consoleSide } from './console/show-console.ts';
import type { Gateway } from './gateway.ts';
import { measureRequests } from './http/measure-requests.ts';
import { forTenant } from './http/authenticate.ts';
import { makeMessagesFor, type MessageClasses } from './http/message-classes.ts';
import { type Handlers, mount } from './http/mount.ts';
import { notFound, respondWithProblem } from './http/problem.ts';
import { assignRequestId, logRequests } from './http/request-log.ts';
import { requireHost } from './http/require-host.ts';
import { securityHeaders } from './http/security-headers.ts';
import { sendJsonInOnePiece } from './http/send-json.ts';
import { traceRequests } from './http/trace-requests.ts';
import { beginConnection } from './oauth/begin-connection.ts';
import { finishConnection } from './oauth/finish-connection.ts';
import { respondWithPage } from './oauth/respond-with-page.ts';
import { showConnection } from './oauth/show-connection.ts';
import { health, readiness } from './routes/health.ts';
import { takeScalekitEvent } from './routes/take-scalekit-event.ts';
import { takeTriggerEvent } from './routes/take-trigger-event.ts';
import { takeToolResult } from './routes/take-tool-result.ts';

/** The gateway's whole HTTP side. */
export function createApp(gateway: Gateway, messages: MessageClasses): Express {
  const app = express();
  makeMessagesFor(app, messages);
  app.disable('x-powered-by').disable('etag').set('query parser', 'simple');
  sendJsonInOnePiece(app);
  app.use(assignRequestId, logRequests(gateway.log), securityHeaders(gateway));
  if (gateway.tracing !== undefined) app.use(traceRequests(gateway.tracing));
  if (gateway.recorder !== undefined) app.use(measureRequests(gateway.recorder));
  app.use(requireHost, apiSide(gateway));
  mount(app, '/healthz', { get: health });
  mount(app, '/readyz', { get: readiness(gateway) });
  mount(app, '/openapi.json', { get: showApiDocument() });
  mount(app, '/docs', { get: showApiPage() });
  mount(app, '/v1/tool-calls/:id/result', { post: takeToolResult(gateway) });
  mount(app, '/hooks/:token', { post: takeTriggerEvent(gateway) });
  mount(app, '/webhooks/scalekit', { post: takeScalekitEvent(gateway) });
  app.use(boardSide(gateway), consoleSide(gateway), browserSide(gateway));
  app.use((request) => {
    throw notFound(`route ${request.method} ${request.path.slice(0, 200)}`);
  });
  app.use(respondWithProblem(gateway));
  return app;
}

/**
 * Every operation of the table, each behind a key with its scope. There is no other way into `/v1`. The paths of each
 * resource are a router of their own: one for all would try dozens of patterns for each request.
 */
function apiSide(gateway: Gateway): RequestHandler {
  const handlers = createHandlers(gateway);
  const paths = new Map<string, Handlers>();
  for (const name of Object.keys(operations) as OperationName[]) {
    const operation: Operation = operations[name];
    const { method, path } = operation;
    const known = paths.get(path) ?? {};
    paths.set(path, { ...known, [method]: forTenant(gateway, operation, handlers[name]) });
  }
  const routers = new Map<string, Router>();
  // `/v1/accounts/verify` is no account: what is named by a word of ours comes before what a parameter names.
  const ordered = [...paths].toSorted(([one], [other]) => parameters(one) - parameters(other));
  for (const [path, methods] of ordered) {
    const resource = resourceOf(path);
    const router = routers.get(resource) ?? Router();
    routers.set(resource, router);
    mount(router, routeOf(path), methods);
  }
  return (request, response, next) => {
    const router = routers.get(resourceOf(request.path));
    if (router === undefined) next();
    else router(request, response, next);
  };
}

/** `jobs` of `/v1/jobs/{id}`, in whatever case; empty for what is not below `/v1`. Patterns have a word of ours there. */
function resourceOf(path: string): string {
  return /^\/v1\/([^/]+)/i.exec(path)?.[1]?.toLowerCase() ?? '';
}

function parameters(path: string): number {
  return path.split('{').length;
}

/** Express writes parameters as `:id`. */
function routeOf(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}

/** What people open in a browser; it needs no API key. */
function browserSide(gateway: Gateway): Router {
  const router = Router();
  mount(router, '/connect/:token', {
    get: showConnection(gateway),
    post: beginConnection(gateway),
  });
  mount(router, '/approve/:token', {
    get: showApproval(gateway),
    post: takeApproval(gateway),
  });
  mount(router, '/callback', { get: finishConnection(gateway) });
  router.use(respondWithPage(gateway));
  return router;
}
