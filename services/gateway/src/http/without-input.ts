import { z } from 'zod';
import type { TenantHandler } from './authenticate.ts';
import { parseInput } from './parse-input.ts';
import { readOptionalBody } from './read-body.ts';

const NoFields = z.strictObject({});

/** A route that reads no query: one that is sent is an error that names its fields, and not ignored. */
export function withoutQuery(handler: TenantHandler): TenantHandler {
  return async (request, response, tenant) => {
    parseInput(NoFields, request.query);
    await handler(request, response, tenant);
  };
}

/** A route that reads neither a query nor a body. */
export function withoutInput(handler: TenantHandler): TenantHandler {
  return withoutQuery(async (request, response, tenant) => {
    parseInput(NoFields, await readOptionalBody(request, response));
    await handler(request, response, tenant);
  });
}
