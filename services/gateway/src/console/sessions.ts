import type { ApiKeyScope } from '@pawl/contracts';
import { instant } from '@pawl/engine';
import { longestSession } from '@pawl/store';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { Gateway } from '../gateway.ts';
import {
  callerOf,
  type Caller,
  takeRequest,
  unauthorized,
  verifiedKey,
} from '../http/authenticate.ts';
import { parseInput } from '../http/parse-input.ts';
import { readBody } from '../http/read-body.ts';
import { note } from '../http/request-log.ts';
import { placeOfNow } from '../routes/stream-tenant-events.ts';
import { clearSessionCookie, isOwnPage, sessionToken, setSessionCookie } from './session-cookie.ts';

const SessionRequest = z.strictObject({ key: z.string().min(1).max(500) });

/** Who is signed in, for the console: it shows what the scopes allow. */
interface SessionResource {
  readonly object: 'session';
  readonly tenant: string;
  readonly scopes: readonly ApiKeyScope[];
  /** Null without API keys. */
  readonly key: { readonly id: string; readonly name: string } | null;
  readonly expires_at: string | null;
  /** Where `GET /v1/events` goes on, so that nothing is missed between what is read now and the stream. */
  readonly events_after: string;
}

/** `POST /session`: a browser gives an API key, and gets a cookie that stands for it. */
export function beginSession(gateway: Gateway): RequestHandler {
  const { engine, publicUrl } = gateway;
  return async (request, response) => {
    if (!isOwnPage(request, publicUrl)) throw foreignPage();
    const body = parseInput(SessionRequest, await readBody(request, response));
    const key = await verifiedKey(gateway, body.key);
    await takeRequest(gateway, key);
    const now = engine.now();
    const expiresAt = Math.min(now + longestSession, key.expiresAt ?? Infinity);
    // Nobody could end the session that this browser has had: its token is overwritten.
    const before = sessionToken(request, publicUrl);
    if (before !== undefined) await engine.store.endSession(before);
    const token = await engine.store.createSession({ key: key.id, createdAt: now, expiresAt });
    setSessionCookie(response, publicUrl, { token, maxAge: expiresAt - now });
    note(response, { tenant: key.tenant });
    const caller = { tenant: key.tenant, scopes: key.scopes, key };
    response.status(201).json(await viewOf(gateway, caller, expiresAt));
  };
}

/** `GET /session` */
export function readSession(gateway: Gateway): RequestHandler {
  const { engine, publicUrl } = gateway;
  return async (request, response) => {
    const caller = await callerOf(gateway, request);
    const token = sessionToken(request, publicUrl);
    const session = token === undefined ? undefined : await engine.store.readSession(token);
    response.json(await viewOf(gateway, caller, caller.key && session?.expiresAt));
  };
}

/** `DELETE /session` */
export function endSession({ engine, publicUrl }: Gateway): RequestHandler {
  return async (request, response) => {
    if (!isOwnPage(request, publicUrl)) throw foreignPage();
    const token = sessionToken(request, publicUrl);
    if (token !== undefined) await engine.store.endSession(token);
    clearSessionCookie(response, publicUrl);
    response.status(204).end();
  };
}

async function viewOf(
  gateway: Gateway,
  { tenant, scopes, key }: Caller,
  expiresAt: number | undefined,
): Promise<SessionResource> {
  return {
    object: 'session',
    tenant,
    scopes,
    key: key === undefined ? null : { id: key.id, name: key.name },
    expires_at: expiresAt === undefined ? null : instant(expiresAt),
    events_after: await placeOfNow(gateway, tenant),
  };
}

function foreignPage() {
  return unauthorized('Sessions are for the pages of this gateway alone.');
}
