import { randomUUID } from 'node:crypto';
import type { RequestHandler, Response } from 'express';

const header = 'X-Request-Id';

/** Gives every answer an id of its own, by which a person finds it in the log. */
export const assignRequestId: RequestHandler = (_request, response, next) => {
  response.setHeader(header, `req_${randomUUID().replaceAll('-', '')}`);
  next();
};

export function requestIdOf(response: Response): string {
  return String(response.getHeader(header));
}
