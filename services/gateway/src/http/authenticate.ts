import { defaultTenant } from '@pawl/contracts';
import type { Request, RequestHandler, Response } from 'express';
import type { Gateway } from '../gateway.ts';
import { ProblemError } from './problem.ts';
import { refusalOf } from './refuse-foreigners.ts';
import { note } from './request-log.ts';

/** A route of the API: it knows whose request it answers. */
export type TenantHandler = (request: Request, response: Response, tenant: string) => Promise<void>;

/** Lets a request to a route only once it is known whose it is. */
export function forTenant(gateway: Gateway, handler: TenantHandler): RequestHandler {
  return async (request, response) => {
    const tenant = await tenantOf(gateway, request);
    note(response, { tenant });
    await handler(request, response, tenant);
  };
}

/** @throws ProblemError `unauthorized`, without saying whether a key was near. */
export async function tenantOf(
  { engine: { store }, settings }: Gateway,
  request: Request,
): Promise<string> {
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    const key = /^Bearer +(\S+) *$/i.exec(authorization)?.[1];
    const owner = key === undefined ? undefined : await store.verifyApiKey(key);
    if (owner === undefined) throw unauthorized('This API key is not valid.');
    return owner.tenant;
  }
  if (!settings.allowsKeyless || (await store.requiresApiKey())) {
    throw unauthorized('Send an API key as Authorization: Bearer <key>.');
  }
  const { headers, httpVersion, socket } = request;
  const refusal = refusalOf({ headers, httpVersion, port: socket.localPort });
  if (refusal !== undefined) throw unauthorized(refusal);
  return defaultTenant;
}

function unauthorized(detail: string): ProblemError {
  return new ProblemError('unauthorized', detail, { headers: { 'WWW-Authenticate': 'Bearer' } });
}
