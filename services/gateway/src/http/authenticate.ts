import { allScopes, type ApiKeyScope, defaultTenant, hasScope } from '@pawl/contracts';
import { instant } from '@pawl/engine';
import type { ApiKey } from '@pawl/store';
import type { Request, RequestHandler, Response } from 'express';
import { isOwnPage, sessionToken } from '../console/session-cookie.ts';
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

/**
 * Lets a request to a route only once it is known whose it is, and that its key may do this.
 *
 * @param identify says who sends a request
 */
export function forTenant(
  gateway: Gateway,
  { scope, isOperators = false }: NeededRights,
  handler: TenantHandler,
  identify: typeof callerOf = callerOf,
): RequestHandler {
  return async (request, response) => {
    const caller = await identify(gateway, request);
    const { tenant } = caller;
    note(response, { tenant });
    if (caller.key !== undefined) await takeRequest(gateway, caller.key);
    if (!hasScope(caller.scopes, scope)) throw scopeMissing(scope);
    if (isOperators && tenant !== defaultTenant) throw operatorsOnly();
    if (!hasScope(caller.scopes, 'approvals')) hideApprovalLinks(response);
    await handler(request, response, tenant);
  };
}

/** Who sends a request. */
export interface Caller {
  readonly tenant: string;
  readonly scopes: readonly ApiKeyScope[];
  /** Undefined for a program of this machine, while there is no key. */
  readonly key?: ApiKey;
}

/** @throws ProblemError `unauthorized` */
export async function tenantOf(gateway: Gateway, request: Request): Promise<string> {
  return (await callerOf(gateway, request)).tenant;
}

/**
 * @param isOpened the browser's person has opened the address, so that no page has sent the request
 * @throws ProblemError `unauthorized`, without saying whether a key was near.
 */
export async function callerOf(
  gateway: Gateway,
  request: Request,
  { isOpened = false }: { readonly isOpened?: boolean } = {},
): Promise<Caller> {
  const { engine, settings, publicUrl } = gateway;
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    const text = /^Bearer +(\S+) *$/i.exec(authorization)?.[1];
    return callerWith(await verifiedKey(gateway, text));
  }
  if (!settings.allowsKeyless || (await engine.store.requiresApiKey())) {
    const token = sessionToken(request, publicUrl);
    if (token === undefined || !(isOpened || isOwnPage(request, publicUrl))) {
      throw unauthorized('Send an API key as Authorization: Bearer <key>.');
    }
    return callerWith(await keyOfSession(gateway, token));
  }
  const { headers, httpVersion, socket } = request;
  const refusal = refusalOf({ headers, httpVersion, port: socket.localPort });
  if (refusal !== undefined) throw unauthorized(refusal);
  return { tenant: defaultTenant, scopes: allScopes };
}

/**
 * The key that a client has sent.
 *
 * @throws ProblemError `unauthorized`
 */
export async function verifiedKey(gateway: Gateway, text: string | undefined): Promise<ApiKey> {
  const key = text === undefined ? undefined : await gateway.engine.store.verifyApiKey(text);
  if (key === undefined) throw unauthorized('This API key is not valid.');
  return unexpired(gateway, key);
}

/** A session is worth what its key is worth now: one that was revoked or has expired ends it. */
async function keyOfSession(gateway: Gateway, token: string): Promise<ApiKey> {
  const { store } = gateway.engine;
  const session = await store.readSession(token);
  if (session === undefined) throw unauthorized('You are not signed in any more: sign in again.');
  const key = await store.readApiKey(session.key);
  if (key !== undefined) return unexpired(gateway, key);
  throw unauthorized('The API key that you signed in with was revoked.');
}

function unexpired({ engine: { now } }: Gateway, key: ApiKey): ApiKey {
  const { expiresAt = Infinity } = key;
  if (expiresAt > now()) return key;
  throw unauthorized(`This API key expired at ${instant(expiresAt)}.`);
}

export function callerWith(key: ApiKey): Caller {
  return { tenant: key.tenant, scopes: key.scopes, key };
}

/**
 * Counts a request of this key.
 *
 * @throws ProblemError `too_many_requests`
 */
export async function takeRequest({ engine: { store } }: Gateway, key: ApiKey): Promise<void> {
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

export function unauthorized(detail: string): ProblemError {
  return new ProblemError('unauthorized', detail, { headers: { 'WWW-Authenticate': 'Bearer' } });
}
