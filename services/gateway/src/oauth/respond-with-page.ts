import { isRedisUnavailable } from '@pawl/runtime';
import type { ErrorRequestHandler } from 'express';
import type { Gateway } from '../gateway.ts';
import { ProblemError } from '../http/problem.ts';
import { note, requestIdOf } from '../http/request-log.ts';
import { sendPage } from './page.ts';
import { pages } from './pages.ts';

/** The last handler of the browser side: a person gets a page, whatever went wrong. */
export function respondWithPage({ log }: Gateway): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    if (response.headersSent || error instanceof ProblemError) {
      next(error);
      return;
    }
    if (error instanceof URIError) {
      sendPage(response, pages.unknownLink);
      return;
    }
    if (isRedisUnavailable(error)) {
      note(response, { problem: 'storage_unavailable' });
      sendPage(response, pages.tryAgain);
      return;
    }
    note(response, { problem: 'internal_error' });
    log.error({ requestId: requestIdOf(response), err: error }, 'a request failed');
    sendPage(response, pages.failed);
  };
}
