import {
  ScalekitForbiddenException,
  ScalekitNotFoundException,
  ScalekitConflictException,
} from '@scalekit-sdk/node';
import {
  AuthorizationDetailsSchema,
  ConnectorStatus,
} from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/connected_accounts/connected_accounts_pb.js';
import { create } from '@bufbuild/protobuf';
import { timestampMs } from '@bufbuild/protobuf/wkt';
import { describe, expect, it } from 'vitest';
import { openSandbox, rejection, scalekitFor } from './harness.ts';

const accountName = { connectionName: 'gmail', identifier: 'user_123' };
const verifyAddress = 'http://localhost:3000/callback?from=test';

async function openLink(link: string, decision: string) {
  return fetch(link, {
    method: 'POST',
    body: new URLSearchParams({ decision }),
    redirect: 'manual',
  });
}

function callbackOf(response: Response): URL {
  return new URL(response.headers.get('location') ?? '');
}

describe('the way of an account', () => {
  it('goes from the first look-up over the consent page to ACTIVE', async () => {
    const sandbox = await openSandbox();
    const scalekit = scalekitFor(sandbox);

    const created = await scalekit.actions.getOrCreateConnectedAccount(accountName);
    expect(created.connectedAccount?.status).toBe(ConnectorStatus.PENDING_AUTH);
    expect(created.connectedAccount?.authorizationDetails).toBeUndefined();

    const { link, expiry } = await scalekit.actions.getAuthorizationLink({
      ...accountName,
      state: 'state-1',
      userVerifyUrl: verifyAddress,
    });
    expect(expiry && timestampMs(expiry)).toBeGreaterThan(Date.now());

    const page = await fetch(link);
    const html = await page.text();
    expect(page.headers.get('x-pawl-sandbox')).toBe('1');
    expect(html).toContain('sandbox: a stand-in for Scalekit');
    expect(html).toContain('user_123');
    expect(html).toContain('localhost:3000');

    const approved = await openLink(link, 'approve');
    expect(approved.status).toBe(303);
    const callback = callbackOf(approved);
    expect(callback.origin + callback.pathname).toBe('http://localhost:3000/callback');
    expect(callback.searchParams.get('from')).toBe('test');
    expect(callback.searchParams.get('state')).toBe('state-1');

    const between = await scalekit.actions.getConnectedAccount(accountName);
    expect(between.connectedAccount?.status).toBe(ConnectorStatus.PENDING_VERIFICATION);

    const authRequestId = callback.searchParams.get('auth_request_id') ?? '';
    const mismatch = scalekit.actions.verifyConnectedAccountUser({
      authRequestId,
      identifier: 'other',
    });
    expect(await rejection(mismatch)).toBeInstanceOf(ScalekitForbiddenException);

    await scalekit.actions.verifyConnectedAccountUser({ authRequestId, identifier: 'user_123' });
    const { connectedAccount } = await scalekit.actions.getConnectedAccount(accountName);
    expect(connectedAccount?.status).toBe(ConnectorStatus.ACTIVE);
    const details = connectedAccount?.authorizationDetails?.details;
    expect(details?.case === 'oauthToken' && details.value.accessToken).toMatch(
      /^sandbox-oauth-token-/,
    );

    const again = scalekit.actions.verifyConnectedAccountUser({
      authRequestId,
      identifier: 'user_123',
    });
    expect(await rejection(again)).toBeInstanceOf(ScalekitNotFoundException);
  });

  it('is ACTIVE at once where no userVerifyUrl was given', async () => {
    const sandbox = await openSandbox();
    const scalekit = scalekitFor(sandbox);
    await scalekit.actions.getOrCreateConnectedAccount(accountName);
    const { link } = await scalekit.actions.getAuthorizationLink(accountName);
    const approved = await openLink(link, 'approve');
    expect(await approved.text()).toContain('Account connected');
    expect(sandbox.control.accounts()).toMatchObject([{ status: 'ACTIVE', connection: 'gmail' }]);
  });

  it('connects nothing when the person denies, and the link stays open', async () => {
    const sandbox = await openSandbox();
    const scalekit = scalekitFor(sandbox);
    await scalekit.actions.getOrCreateConnectedAccount(accountName);
    const { link } = await scalekit.actions.getAuthorizationLink(accountName);
    const denied = await openLink(link, 'deny');
    expect(await denied.text()).toContain('Access denied');
    expect(sandbox.control.accounts()).toMatchObject([{ status: 'PENDING_AUTH' }]);
    expect((await fetch(link)).status).toBe(200);
  });

  it('says on a page of its own that a link is expired, used or unknown', async () => {
    let now = Date.now();
    const sandbox = await openSandbox({ now: () => now, linkLifetimeSeconds: 60 });
    const scalekit = scalekitFor(sandbox);
    await scalekit.actions.getOrCreateConnectedAccount(accountName);

    const used = await scalekit.actions.getAuthorizationLink(accountName);
    await openLink(used.link, 'approve');
    expect(await (await fetch(used.link)).text()).toContain('used already');

    const expired = await scalekit.actions.getAuthorizationLink(accountName);
    now += 61_000;
    const page = await fetch(expired.link);
    expect(page.status).toBe(410);
    expect(await page.text()).toContain('expired');
    expect((await openLink(expired.link, 'approve')).status).toBe(410);
    expect((await fetch(`${sandbox.origin}/magicLink/unknown`)).status).toBe(404);
  });

  it('escapes what it shows', async () => {
    const sandbox = await openSandbox();
    const scalekit = scalekitFor(sandbox);
    const identifier = '<script>alert("x")</script>';
    await scalekit.actions.getOrCreateConnectedAccount({ connectionName: 'gmail', identifier });
    const { link } = await scalekit.actions.getAuthorizationLink({
      connectionName: 'gmail',
      identifier,
    });
    const page = await fetch(link);
    expect(await page.text()).not.toContain('<script>');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  });
});

describe('the account RPCs', () => {
  it('know NotFound for connections and accounts, and Conflict for a second creation', async () => {
    const scalekit = scalekitFor(await openSandbox());
    const calls = [
      () =>
        scalekit.actions.getOrCreateConnectedAccount({ connectionName: 'nope', identifier: 'a' }),
      () => scalekit.actions.getConnectedAccount(accountName),
      () => scalekit.actions.getAuthorizationLink(accountName),
      () => scalekit.actions.deleteConnectedAccount(accountName),
    ];
    for (const call of calls) {
      expect(await rejection(call())).toBeInstanceOf(ScalekitNotFoundException);
    }
    const creation = { ...accountName, authorizationDetails: undefined };
    await scalekit.actions.createConnectedAccount(creation);
    const second = scalekit.actions.createConnectedAccount(creation);
    expect(await rejection(second)).toBeInstanceOf(ScalekitConflictException);
  });

  it('list accounts without tokens, by filter and in pages', async () => {
    const sandbox = await openSandbox({ autoActive: true, defaultPageSize: 2 });
    const scalekit = scalekitFor(sandbox);
    for (const identifier of ['a', 'b', 'c']) {
      await scalekit.actions.getOrCreateConnectedAccount({ connectionName: 'gmail', identifier });
    }
    await scalekit.actions.getOrCreateConnectedAccount({
      connectionName: 'slack',
      identifier: 'a',
    });
    const first = await scalekit.actions.listConnectedAccounts({ connectionName: 'gmail' });
    expect(first.connectedAccounts).toHaveLength(2);
    expect(first.totalSize).toBeGreaterThanOrEqual(3);
    expect(first.nextPageToken).not.toBe('');
    expect(
      JSON.stringify(first.connectedAccounts, (_key, value: unknown) =>
        typeof value === 'bigint' ? String(value) : value,
      ),
    ).not.toContain('sandbox-oauth');
    const ofOne = await scalekit.actions.listConnectedAccounts({ identifier: 'a' });
    expect(ofOne.connectedAccounts.map((account) => account.connector)).toEqual(['gmail', 'slack']);
  });

  it('update an account with credentials to ACTIVE, and delete it', async () => {
    const scalekit = scalekitFor(await openSandbox());
    await scalekit.actions.getOrCreateConnectedAccount(accountName);
    const updated = await scalekit.actions.updateConnectedAccount({
      ...accountName,
      authorizationDetails: create(AuthorizationDetailsSchema, {
        details: { case: 'oauthToken', value: { accessToken: 'given' } },
      }),
    });
    expect(updated.connectedAccount?.status).toBe(ConnectorStatus.ACTIVE);
    await scalekit.actions.deleteConnectedAccount(accountName);
    const gone = await rejection(scalekit.actions.getConnectedAccount(accountName));
    expect(gone).toBeInstanceOf(ScalekitNotFoundException);
  });

  it('list the connections, those of the options too', async () => {
    const sandbox = await openSandbox({
      connections: [{ keyId: 'gmail-work', connector: 'gmail' }],
    });
    const { connections } = await scalekitFor(sandbox).actions.listConnections();
    expect(connections.map((each) => [each.connectionName, each.provider])).toEqual([
      ['gmail', 'GMAIL'],
      ['github', 'GITHUB'],
      ['slack', 'SLACK'],
      ['gmail-work', 'GMAIL'],
    ]);
  });
});

describe('tokens', () => {
  it('are fetched by the SDK by itself, and again when they have expired', async () => {
    let now = Date.now();
    const sandbox = await openSandbox({ now: () => now, tokenLifetimeSeconds: 60 });
    const scalekit = scalekitFor(sandbox);
    await scalekit.actions.listConnections();
    now += 61_000;
    await scalekit.actions.listConnections();
    sandbox.control.expireTokens();
    const { connections } = await scalekit.actions.listConnections();
    expect(connections).toHaveLength(3);
  });

  it('are refused for a wrong secret with 401 and an OAuth error', async () => {
    const sandbox = await openSandbox();
    const scalekit = scalekitFor({ ...sandbox, clientSecret: 'wrong' });
    const error = (await rejection(scalekit.actions.listConnections())) as {
      response: { status: number; data: { error: string } };
    };
    expect(error.response.status).toBe(401);
    expect(error.response.data.error).toBe('invalid_client');
  });
});
