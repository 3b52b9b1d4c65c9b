import { Router } from 'express';
import type { Gateway } from '../gateway.ts';
import { forTenant } from '../http/authenticate.ts';
import { type Handlers, mount } from '../http/mount.ts';
import { createHandlers } from './handlers.ts';
import { type OperationName, operations } from './operations.ts';

/** Every operation of the table, each behind a key with its scope. There is no other way into `/v1`. */
export function mountOperations(gateway: Gateway): Router {
  const router = Router();
  const handlers = createHandlers(gateway);
  const paths = new Map<string, Handlers>();
  for (const name of Object.keys(operations) as OperationName[]) {
    const { method, path, scope } = operations[name];
    const known = paths.get(path) ?? {};
    paths.set(path, { ...known, [method]: forTenant(gateway, scope, handlers[name]) });
  }
  for (const [path, methods] of paths) mount(router, routeOf(path), methods);
  return router;
}

/** Express writes parameters as `:id`. */
function routeOf(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}
