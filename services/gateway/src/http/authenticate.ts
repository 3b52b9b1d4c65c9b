import { defaultTenant } from '@pawl/contracts';
import type { Request, RequestHandler, Response } from 'express';
import type { Gateway } from '../gateway.ts';
import { hostnameOf, isLoopback } from './loopback.ts';
import { ProblemError } from './problem-error.ts';
import { note } from './request-facts.ts';

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
async function tenantOf({ store, settings }: Gateway, request: Request): Promise<string> {
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
  refuseForeigners(request);
  return defaultTenant;
}

/** What proxies add to a request that they pass on. */
const forwarding = /^(forwarded|x-forwarded-.*|x-real-ip)$/;

/**
 * Without keys, a web page in a browser on this machine must not reach the API: neither under a name of its own that
 * points here (DNS rebinding) nor from its own origin. Nor must others by a proxy on this machine that calls itself
 * localhost.
 */
function refuseForeigners({ headers }: Request): void {
  const host = hostnameOf(headers.host);
  if (host === undefined || !isLoopback(host)) {
    throw unauthorized(
      'Without API keys only requests to localhost are answered. Create a key to use another name.',
    );
  }
  const forwarded = Object.keys(headers).find((name) => forwarding.test(name));
  if (forwarded !== undefined) {
    throw unauthorized(
      `Without API keys, requests that a proxy passes on are refused, and this one has the header ${forwarded.slice(0, 100)}. Create a key to use a proxy.`,
    );
  }
  const { origin } = headers;
  if (origin === undefined) return;
  if (!URL.canParse(origin) || !isLoopback(new URL(origin).hostname)) {
    throw unauthorized('Without API keys, requests of web pages of other hosts are refused.');
  }
}

function unauthorized(detail: string): ProblemError {
  return new ProblemError('unauthorized', detail, { headers: { 'WWW-Authenticate': 'Bearer' } });
}
