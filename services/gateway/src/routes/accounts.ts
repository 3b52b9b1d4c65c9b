import { randomBytes } from 'node:crypto';
import {
  type AccountLink,
  AccountLinkRequest,
  type AccountList,
  ConnectionName,
  User,
} from '@pawl/contracts';
import { instant } from '@pawl/engine';
import type { Request } from 'express';
import { z } from 'zod';
import { checkConnections } from '../admission/check-connections.ts';
import { checkUser } from '../admission/complete-request.ts';
import type { Gateway } from '../gateway.ts';
import type { TenantHandler } from '../http/authenticate.ts';
import { lookupProblem } from '../http/refusals.ts';
import { withoutBody, withoutQuery } from '../http/mount.ts';
import { parseInput } from '../http/parse-input.ts';
import { invalidField, notFound } from '../http/problem.ts';
import { readBody } from '../http/read-body.ts';
import { connectAddress } from '../oauth/show-connection.ts';

export const AccountsQuery = z.strictObject({ user: User.optional() });

/** `GET /v1/accounts`: what a user has connected, or was ever asked to. */
export function listAccounts(gateway: Gateway): TenantHandler {
  return async (request, response, tenant) => {
    const user = userOf(gateway, request);
    const lookup = await gateway.tools.listAccounts({ tenant, user });
    if (lookup.kind !== 'found') throw lookupProblem(lookup);
    const list: AccountList = {
      object: 'list',
      data: lookup.value.map(({ connection, status, updatedAt }) => ({
        object: 'account',
        user,
        connection,
        status,
        updated_at: updatedAt === undefined ? null : instant(updatedAt),
      })),
      next_cursor: null,
    };
    response.json(list);
  };
}

/** How long a link may be opened, in milliseconds. */
const linkLifetime = 3_600_000;

/** `POST /v1/accounts/links`: a link for a page of the application, such as its settings. */
export function createAccountLink(gateway: Gateway): TenantHandler {
  return withoutQuery(async (request, response, tenant) => {
    const body = parseInput(AccountLinkRequest, await readBody(request, response));
    const { user, connection, return_url: returnUrl } = body;
    checkUser(user);
    checkReturnUrl(gateway, returnUrl);
    await checkConnections(gateway.tools, [connection], [connection]);
    const { store, now } = gateway.engine;
    const shard = store.shardOf({ tenant, user });
    const token = `acl_${shard}_${randomBytes(32).toString('base64url')}`;
    const owner = { tenant, user, connection };
    const record = returnUrl === undefined ? owner : { ...owner, returnUrl };
    await store.saveAccountLink(token, record, linkLifetime);
    const { publicUrl, path } = connectAddress(gateway, token);
    const link: AccountLink = {
      object: 'account_link',
      user,
      connection,
      url: `${publicUrl}${path}`,
      expires_at: instant(now() + linkLifetime),
    };
    response.status(201).json(link);
  });
}

/** `DELETE /v1/accounts/{connection}`: ends the authorization. Jobs that need it wait for another. */
export function deleteAccount(gateway: Gateway): TenantHandler {
  return withoutBody(async (request, response, tenant) => {
    const user = userOf(gateway, request);
    const connection = ConnectionName.safeParse(request.params['connection']);
    if (!connection.success) throw notFound('such account');
    const account = { tenant, user, connection: connection.data };
    const lookup = await gateway.tools.removeAccount(account);
    if (lookup.kind !== 'found') throw lookupProblem(lookup);
    if (!lookup.value) throw notFound(`account of this user for ${connection.data}`);
    response.status(204).end();
  });
}

function userOf({ settings }: Gateway, request: Request): string {
  const { user = settings.defaults.user } = parseInput(AccountsQuery, request.query);
  if (user === undefined) {
    throw invalidField('user', 'is required, since SCALEKIT_IDENTIFIER is not set');
  }
  checkUser(user);
  return user;
}

/** Else anybody with a key could send people from the gateway's own address to any other. */
function checkReturnUrl({ settings }: Gateway, url: string | undefined): void {
  if (url === undefined || settings.returnOrigins.includes(new URL(url).origin)) return;
  throw invalidField('return_url', 'must be of an origin that ACCOUNT_RETURN_ORIGINS names');
}
