import type { RequestHandler } from 'express';

/** `GET /healthz`: the process answers. */
export const health: RequestHandler = (_request, response) => {
  response.json({ status: 'ok' });
};
