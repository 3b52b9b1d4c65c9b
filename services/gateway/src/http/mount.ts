import type { IRouter, RequestHandler } from 'express';
import { ProblemError } from './problem-error.ts';
import { note } from './request-facts.ts';

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;

type Method = (typeof methods)[number];
type Handlers = Partial<Record<Method, RequestHandler>>;

/** Puts a path's methods on a router; every other method is 405 with `Allow`. */
export function mount(router: IRouter, path: string, handlers: Handlers): void {
  const route = router.route(path);
  route.all((_request, response, next) => {
    note(response, { route: path });
    next();
  });
  const names: string[] = [];
  for (const method of methods) {
    const handler = handlers[method];
    if (handler === undefined) continue;
    route[method](handler);
    names.push(method.toUpperCase(), ...(method === 'get' ? ['HEAD'] : []));
  }
  const allowed = names.join(', ');
  route.all((request) => {
    throw new ProblemError(
      'method_not_allowed',
      `${request.method} does not exist here; ${allowed} does.`,
      { headers: { Allow: allowed } },
    );
  });
}
