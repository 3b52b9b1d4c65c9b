import type { Recorder } from '@pawl/telemetry';
import type { Request, RequestHandler, Response } from 'express';
import { factsOf } from './request-log.ts';

/** Counts every request by its route, and measures those that do not wait for something to happen. */
export function measureRequests(recorder: Recorder): RequestHandler {
  return (request, response, next) => {
    const begun = performance.now();
    response.once('close', () => {
      const { method } = request;
      // Never the path itself: it has no bound, and may hold secrets.
      const { route = 'none' } = factsOf(response);
      const status = response.writableFinished ? response.statusCode : 'disconnected';
      recorder.count('pawl_http_requests_total', { method, route, status });
      if (isWait(request, response)) return;
      const seconds = (performance.now() - begun) / 1_000;
      recorder.observe('pawl_http_request_duration_seconds', { method, route }, seconds);
    });
    next();
  };
}

/** A long poll, or a stream of events: how long it takes is the client's wish. */
function isWait({ query, headers }: Request, response: Response): boolean {
  return (
    'wait' in query ||
    'prefer' in headers ||
    String(response.getHeader('Content-Type')).startsWith('text/event-stream')
  );
}
