import { randomUUID } from 'node:crypto';
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
