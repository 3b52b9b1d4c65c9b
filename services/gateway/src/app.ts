import express, { type Express, Router } from 'express';
import helmet from 'helmet';
import { createEventConnections } from './events/event-connection.ts';
import type { Gateway } from './gateway.ts';
import { forTenant } from './http/authenticate.ts';
import { mount } from './http/mount.ts';
import { notFound, respondWithProblem } from './http/problem.ts';
import { assignRequestId, logRequests } from './http/request-log.ts';
import { requireHost } from './http/require-host.ts';
import { beginConnection } from './oauth/begin-connection.ts';
import { finishConnection } from './oauth/finish-connection.ts';
import { respondWithPage } from './oauth/respond-with-page.ts';
import { showConnection } from './oauth/show-connection.ts';
import { cancelJob } from './routes/cancel-job.ts';
import { changeSchedule } from './routes/change-schedule.ts';
import { createJob } from './routes/create-job.ts';
import { createSchedule } from './routes/create-schedule.ts';
import { decideApproval } from './routes/decide-approval.ts';
import { health, readiness } from './routes/health.ts';
import { listApprovals } from './routes/list-approvals.ts';
import { listJobs } from './routes/list-jobs.ts';
import { listMessages } from './routes/list-messages.ts';
import { listSchedules } from './routes/list-schedules.ts';
import { listSteps } from './routes/list-steps.ts';
import { listUsage } from './routes/list-usage.ts';
import { listWebhookDeliveries } from './routes/list-webhook-deliveries.ts';
import { previewSchedule } from './routes/preview-schedule.ts';
import { readJob } from './routes/read-job.ts';
import { readLimits } from './routes/read-limits.ts';
import { deleteSchedule, readSchedule } from './routes/read-schedule.ts';
import { replaceLimits } from './routes/replace-limits.ts';
import { retryJob } from './routes/retry-job.ts';
import { rotateWebhookSecret } from './routes/rotate-webhook-secret.ts';
import { streamJobEvents } from './routes/stream-job-events.ts';
import { streamTenantEvents } from './routes/stream-tenant-events.ts';
import { triggerSchedule } from './routes/trigger-schedule.ts';
import { verifyAccount } from './routes/verify-account.ts';
import { readWebhookDelivery, replayWebhookDelivery } from './routes/webhook-delivery.ts';

/** The gateway's whole HTTP side. */
export function createApp(gateway: Gateway): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', 'simple');
  app.use(assignRequestId, logRequests(gateway.log), securityHeaders(gateway));
  app.use(requireHost);
  mount(app, '/healthz', { get: health });
  mount(app, '/readyz', { get: readiness(gateway) });
  app.use(api(gateway), browserSide(gateway));
  app.use((request) => {
    throw notFound(`route ${request.method} ${request.path.slice(0, 200)}`);
  });
  app.use(respondWithProblem(gateway));
  return app;
}

function api(gateway: Gateway): Router {
  const router = Router();
  const connections = createEventConnections(gateway);
  mount(router, '/v1/jobs', {
    get: forTenant(gateway, listJobs(gateway)),
    post: forTenant(gateway, createJob(gateway)),
  });
  mount(router, '/v1/jobs/:id', { get: forTenant(gateway, readJob(gateway)) });
  mount(router, '/v1/jobs/:id/cancel', { post: forTenant(gateway, cancelJob(gateway)) });
  mount(router, '/v1/jobs/:id/steps', { get: forTenant(gateway, listSteps(gateway)) });
  mount(router, '/v1/jobs/:id/events', {
    get: forTenant(gateway, streamJobEvents(gateway, connections)),
  });
  mount(router, '/v1/jobs/:id/retry', { post: forTenant(gateway, retryJob(gateway)) });
  mount(router, '/v1/events', {
    get: forTenant(gateway, streamTenantEvents(gateway, connections)),
  });
  mount(router, '/v1/schedules', {
    get: forTenant(gateway, listSchedules(gateway)),
    post: forTenant(gateway, createSchedule(gateway)),
  });
  mount(router, '/v1/schedules/preview', { post: forTenant(gateway, previewSchedule(gateway)) });
  mount(router, '/v1/schedules/:id', {
    get: forTenant(gateway, readSchedule(gateway)),
    patch: forTenant(gateway, changeSchedule(gateway)),
    delete: forTenant(gateway, deleteSchedule(gateway)),
  });
  mount(router, '/v1/schedules/:id/trigger', {
    post: forTenant(gateway, triggerSchedule(gateway)),
  });
  mount(router, '/v1/accounts/verify', { post: forTenant(gateway, verifyAccount(gateway)) });
  mount(router, '/v1/approvals', { get: forTenant(gateway, listApprovals(gateway)) });
  mount(router, '/v1/approvals/:id', { post: forTenant(gateway, decideApproval(gateway)) });
  mount(router, '/v1/limits', {
    get: forTenant(gateway, readLimits(gateway)),
    put: forTenant(gateway, replaceLimits(gateway)),
  });
  mount(router, '/v1/usage', { get: forTenant(gateway, listUsage(gateway)) });
  mount(router, '/v1/conversations/:id/messages', {
    get: forTenant(gateway, listMessages(gateway)),
  });
  mount(router, '/v1/webhook-deliveries', {
    get: forTenant(gateway, listWebhookDeliveries(gateway)),
  });
  mount(router, '/v1/webhook-deliveries/:id', {
    get: forTenant(gateway, readWebhookDelivery(gateway)),
  });
  mount(router, '/v1/webhook-deliveries/:id/replay', {
    post: forTenant(gateway, replayWebhookDelivery(gateway)),
  });
  mount(router, '/v1/webhook-secrets/rotate', {
    post: forTenant(gateway, rotateWebhookSecret(gateway)),
  });
  return router;
}

/** What people open in a browser; it needs no API key. */
function browserSide(gateway: Gateway): Router {
  const router = Router();
  mount(router, '/connect/:token', {
    get: showConnection(gateway),
    post: beginConnection(gateway),
  });
  mount(router, '/callback', { get: finishConnection(gateway) });
  router.use(respondWithPage(gateway));
  return router;
}

/** Nothing is cached, framed, sniffed, or told to the next site; pages load nothing and style themselves. */
function securityHeaders({ publicUrl }: Gateway) {
  const protect = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        styleSrc: ["'unsafe-inline'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    referrerPolicy: { policy: 'no-referrer' },
    strictTransportSecurity: publicUrl.startsWith('https:'),
    xFrameOptions: { action: 'deny' },
  });
  const router = Router();
  router.use(protect, (_request, response, next) => {
    response.set('Cache-Control', 'no-store');
    next();
  });
  return router;
}
