import { allScopes, type ApiKeyScope, defaultTenant, hasScope } from '@pawl/contracts';
import { instant } from '@pawl/engine';
import type { ApiKey } from '@pawl/store';
import type { Request, RequestHandler, Response } from 'express';
import type { Gateway } from '../gateway.ts';
import { hideApprovalLinks } from '../approvals/hide-links.ts';
import { ProblemError } from './problem.ts';
import { refusalOf } from './refuse-foreigners.ts';
import { note } from './request-log.ts';

/** A route of the API: it knows whose request it answers. */
export type TenantHandler = (request: Request, response: Response, tenant: string) => Promise<void>;

/** What a route needs of the key. */
export interface NeededRights {
  readonly scope: ApiKeyScope;
  /** The key has to be the default tenant's, who is the operator. */
  readonly isOperators?: boolean;
}

/** Lets a request to a route only once it is known whose it is, and that its key may do this. */
export function forTenant(
  gateway: Gateway,
  { scope, isOperators = false }: NeededRights,
  handler: TenantHandler,
): RequestHandler {
  return async (request, response) => {
    const caller = await callerOf(gateway, request);
    const { tenant } = caller;
    note(response, { tenant });
    if (caller.key !== undefined) await takeRequest(gateway, caller.key);
    if (!hasScope(caller.scopes, scope)) throw scopeMissing(scope);
    if (isOperators && tenant !== defaultTenant) throw operatorsOnly();
    if (!hasScope(caller.scopes, 'approvals')) hideApprovalLinks(response);
    await handler(request, response, tenant);
  };
}

interface Caller {
  readonly tenant: string;
  readonly scopes: readonly ApiKeyScope[];
  /** Undefined for a program of this machine, while there is no key. */
  readonly key?: ApiKey;
}

/** @throws ProblemError `unauthorized` */
export async function tenantOf(gateway: Gateway, request: Request): Promise<string> {
  return (await callerOf(gateway, request)).tenant;
}

/** @throws ProblemError `unauthorized`, without saying whether a key was near. */
async function callerOf(
  { engine: { store, now }, settings }: Gateway,
  request: Request,
): Promise<Caller> {
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    const text = /^Bearer +(\S+) *$/i.exec(authorization)?.[1];
    const key = text === undefined ? undefined : await store.verifyApiKey(text);
    if (key === undefined) throw unauthorized('This API key is not valid.');
    const { tenant, scopes, expiresAt = Infinity } = key;
    if (expiresAt <= now()) throw unauthorized(`This API key expired at ${instant(expiresAt)}.`);
    return { tenant, scopes, key };
  }
  if (!settings.allowsKeyless || (await store.requiresApiKey())) {
    throw unauthorized('Send an API key as Authorization: Bearer <key>.');
  }
  const { headers, httpVersion, socket } = request;
  const refusal = refusalOf({ headers, httpVersion, port: socket.localPort });
  if (refusal !== undefined) throw unauthorized(refusal);
  return { tenant: defaultTenant, scopes: allScopes };
}

/** @throws ProblemError `too_many_requests` */
async function takeRequest({ engine: { store } }: Gateway, key: ApiKey): Promise<void> {
  const wait = await store.takeRequest(key);
  if (wait === 0) return;
  const seconds = Math.ceil(wait / 1_000);
  throw new ProblemError(
    'too_many_requests',
    `This API key may make ${key.requestsPerMinute} requests per minute. Repeat the request in ${seconds} s.`,
    { headers: { 'Retry-After': String(seconds) } },
  );
}

function scopeMissing(scope: ApiKeyScope): ProblemError {
  return new ProblemError('scope_missing', `This API key lacks the scope ${scope}.`, {
    headers: { 'WWW-Authenticate': `Bearer error="insufficient_scope", scope="${scope}"` },
  });
}

function operatorsOnly(): ProblemError {
  return new ProblemError(
    'operators_only',
    `This is about the whole installation: it needs a key of the tenant ${defaultTenant}.`,
  );
}

function unauthorized(detail: string): ProblemError {
  return new ProblemError('unauthorized', detail, { headers: { 'WWW-Authenticate': 'Bearer' } });
}
