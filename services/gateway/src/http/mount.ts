import type { IRouter, RequestHandler } from 'express';
import { ProblemError } from './problem-error.ts';
import { note } from './request-facts.ts';

type Method = 'get' | 'post';
type Handlers = Partial<Record<Method, RequestHandler>>;

/** Puts a path's methods on a router; every other method is 405 with `Allow`. */
export function mount(router: IRouter, path: string, handlers: Handlers): void {
  const route = router.route(path);
  route.all((_request, response, next) => {
    note(response, { route: path });
    next();
  });
  if (handlers.get !== undefined) route.get(handlers.get);
  if (handlers.post !== undefined) route.post(handlers.post);
  const allowed = [
    ...(handlers.get === undefined ? [] : ['GET', 'HEAD']),
    ...(handlers.post === undefined ? [] : ['POST']),
  ].join(', ');
  route.all((request) => {
    throw new ProblemError(
      'method_not_allowed',
      `${request.method} does not exist here; ${allowed} does.`,
      { headers: { Allow: allowed } },
    );
  });
}
