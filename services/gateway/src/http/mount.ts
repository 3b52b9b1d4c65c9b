import type { IRouter, RequestHandler } from 'express';
import { z } from 'zod';
import type { TenantHandler } from './authenticate.ts';
import { parseInput } from './parse-input.ts';
import { ProblemError } from './problem.ts';
import { readOptionalBody } from './read-body.ts';
import { note } from './request-log.ts';

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;

type Method = (typeof methods)[number];
export type Handlers = Partial<Record<Method, RequestHandler>>;

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

const NoFields = z.strictObject({});

/** A route that reads no query: one that is sent is an error that names its fields, and not ignored. */
export function withoutQuery(handler: TenantHandler): TenantHandler {
  return async (request, response, tenant) => {
    parseInput(NoFields, request.query);
    await handler(request, response, tenant);
  };
}

/** A route that reads no body. */
export function withoutBody(handler: TenantHandler): TenantHandler {
  return async (request, response, tenant) => {
    parseInput(NoFields, await readOptionalBody(request, response));
    await handler(request, response, tenant);
  };
}

/** A route that reads neither a query nor a body. */
export function withoutInput(handler: TenantHandler): TenantHandler {
  return withoutQuery(withoutBody(handler));
}
