import type { Tracing } from '@pawl/telemetry';
import type { RequestHandler } from 'express';
import { factsOf, note, probes, requestIdOf } from './request-log.ts';

/** What others send unasked: their traces are linked to, and not gone on with. */
const foreign = /^\/(hooks|webhooks)\//;

/**
 * Each request is a span, below the one that its `traceparent` names. Never the path itself: it has no bound, and may
 * hold secrets.
 */
export function traceRequests(tracing: Tracing): RequestHandler {
  return (request, response, next) => {
    if (probes.has(request.path)) {
      next();
      return;
    }
    const { method } = request;
    const { traceparent } = request.headers;
    const above = typeof traceparent === 'string' ? traceparent : undefined;
    const isForeign = foreign.test(request.path);
    const span = tracing.start({
      name: method,
      kind: 'server',
      parent: isForeign ? null : (above ?? null),
      links: isForeign ? [above] : [],
      attributes: { 'http.request.method': method, 'pawl.request.id': requestIdOf(response) },
    });
    const [, traceId = '', spanId = ''] = span.traceparent.split('-');
    note(response, { trace_id: traceId, span_id: spanId });
    response.once('close', () => {
      const { route, tenant, job, problem } = factsOf(response);
      const { statusCode } = response;
      if (route !== undefined) span.rename(`${method} ${route}`);
      span.setAttributes({
        'http.route': route,
        'http.response.status_code': statusCode,
        'pawl.tenant': tenant,
        'pawl.job.id': job,
        'pawl.problem': problem,
      });
      if (!response.writableFinished) span.fail('disconnected');
      else if (statusCode >= 500) span.fail(String(statusCode));
      span.end();
    });
    span.run(next);
  };
}
