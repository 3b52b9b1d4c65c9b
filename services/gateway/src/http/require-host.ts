import type { RequestHandler } from 'express';
import { ProblemError } from './problem.ts';

/**
 * Refuses a request that does not name its host exactly once (RFC 9112, 3.2): Node would answer without a body where it
 * is missing, and take the first of several, which need not be the one that a proxy has looked at.
 */
export const requireHost: RequestHandler = (request, _response, next) => {
  const { rawHeaders } = request;
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  if (hosts === 1 || (hosts === 0 && request.httpVersion === '1.0')) {
    next();
    return;
  }
  throw new ProblemError(
    'malformed_request',
    hosts === 0 ? 'The request has no Host header.' : 'The request has several Host headers.',
  );
};
