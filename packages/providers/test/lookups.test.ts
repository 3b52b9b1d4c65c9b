import { readFileSync } from 'node:fs';
import type { Tool } from '@pawl/engine';
import { describe, expect, it } from 'vitest';
import { account, startTools } from './harness/start-tools.ts';

const { connectors } = JSON.parse(
  readFileSync(new URL('../../development/sandbox/data/connectors.json', import.meta.url), 'utf8'),
) as { connectors: Record<string, Record<string, unknown>> };
const namesOfConnector = (name: string) => Object.keys(connectors[name] ?? {}).toSorted();
const namesOf = (tools: readonly Tool[]) => tools.map(({ name }) => name).toSorted();

const active = { kind: 'found', value: true };
const inactive = { kind: 'found', value: false };
const identifier = { identifier: 'user_123', connection: 'gmail' };

describe('an account', () => {
  it('is created where it is missing, once, however many ask', async () => {
    const { sandbox, tools } = await startTools({ sandbox: {} });
    const look = () => tools.isAccountActive(account, { fresh: true });
    expect(await Promise.all([look(), look(), look()])).toEqual([inactive, inactive, inactive]);
    expect(sandbox.control.accounts()).toMatchObject([{ ...identifier, status: 'PENDING_AUTH' }]);
  });

  it('is active only by its status', async () => {
    const { sandbox, tools } = await startTools({ sandbox: {} });
    for (const status of ['PENDING_VERIFICATION', 'EXPIRED', 'DISCONNECTED'] as const) {
      sandbox.control.setAccountStatus(identifier, status);
      expect(await tools.isAccountActive(account, { fresh: false })).toEqual(inactive);
    }
    sandbox.control.setAccountStatus(identifier, 'ACTIVE');
    expect(await tools.isAccountActive(account, { fresh: false })).toEqual(active);
  });

  it('stays active for a short time, but for those who ask afresh or after it was forgotten', async () => {
    const { sandbox, tools } = await startTools();
    await tools.isAccountActive(account, { fresh: false });
    sandbox.control.expireAccount(identifier);
    expect(await tools.isAccountActive(account, { fresh: false })).toEqual(active);
    expect(await tools.isAccountActive(account, { fresh: true })).toEqual(inactive);
    sandbox.control.setAccountStatus(identifier, 'ACTIVE');
    await tools.isAccountActive(account, { fresh: false });
    sandbox.control.expireAccount(identifier);
    tools.forget(account);
    expect(await tools.isAccountActive(account, { fresh: false })).toEqual(inactive);
  });

  it('belongs to its tenant: another one’s user of the same name has another', async () => {
    const { sandbox, tools } = await startTools({ sandbox: {} });
    sandbox.control.setAccountStatus(identifier, 'ACTIVE');
    const other = { ...account, tenant: 'acme' };
    expect(await tools.isAccountActive(other, { fresh: false })).toEqual(inactive);
    expect(sandbox.control.accounts().map((each) => each.identifier)).toEqual([
      'user_123',
      'acme::user_123',
    ]);
  });

  it('can’t be on a connection that does not exist', async () => {
    const { tools } = await startTools();
    const unknown = { kind: 'fatal', failure: { code: 'unknown_connection', retryable: false } };
    const elsewhere = { ...account, connection: 'gmial' };
    expect(await tools.isAccountActive(elsewhere, { fresh: false })).toMatchObject(unknown);
    expect(await tools.listTools(elsewhere)).toMatchObject(unknown);
  });
});

describe('the tools of an account', () => {
  it('are listed over all pages, each with its connection', async () => {
    const { tools } = await startTools({
      sandbox: {
        autoActive: true,
        toolMetadata: {
          gmail_fetch_mails: { annotations: { readOnlyHint: true } },
          gmail_send_message: { destructiveHint: true },
        },
      },
    });
    const github = { ...account, connection: 'github' };
    await tools.isAccountActive(account, { fresh: false });
    await tools.isAccountActive(github, { fresh: false });
    const listed = await tools.listTools(github);
    if (listed.kind !== 'found') throw new Error(listed.failure.message);
    expect(namesOf(listed.value)).toEqual(namesOfConnector('github'));
    expect(new Set(listed.value.map((tool) => tool.connection))).toEqual(new Set(['github']));
    const mails = await tools.listTools(account);
    if (mails.kind !== 'found') throw new Error(mails.failure.message);
    const effects = Object.fromEntries(mails.value.map((tool) => [tool.name, tool.declaredEffect]));
    expect(effects).toMatchObject({ gmail_fetch_mails: 'reads', gmail_send_message: 'writes' });
    expect(effects['gmail_list_labels']).toBeUndefined();
  });

  it('are asked for once by all who ask at once, and kept for a short time', async () => {
    const { sandbox, tools } = await startTools();
    await tools.isAccountActive(account, { fresh: false });
    sandbox.control.addFault({
      match: { operation: 'ListScopedTools' },
      times: 1_000,
      effect: { kind: 'delay', milliseconds: 1 },
    });
    await Promise.all([tools.listTools(account), tools.listTools(account)]);
    await tools.listTools(account);
    expect(sandbox.control.faults()).toMatchObject([{ struck: 1 }]);
  });

  it('are seen as soon as the account is active', async () => {
    const { sandbox, tools } = await startTools({ sandbox: {} });
    await tools.isAccountActive(account, { fresh: false });
    expect(await tools.listTools(account)).toEqual({ kind: 'found', value: [] });
    sandbox.control.setAccountStatus(identifier, 'ACTIVE');
    const listed = await tools.listTools(account);
    if (listed.kind !== 'found') throw new Error(listed.failure.message);
    expect(namesOf(listed.value)).toEqual(namesOfConnector('gmail'));
  });
});

describe('the connections', () => {
  it('are listed over all pages', async () => {
    const added = Array.from({ length: 130 }, (_, index) => ({
      keyId: `slack-${index}`,
      connector: 'slack',
    }));
    const { tools } = await startTools({ sandbox: { connections: added } });
    const listed = await tools.connections();
    expect(listed).toEqual({
      kind: 'found',
      value: ['gmail', 'github', 'slack', ...added.map(({ keyId }) => keyId)],
    });
  });

  it('are kept, and what was known is said to be old once Scalekit is away', async () => {
    const { sandbox, tools } = await startTools({ client: { cacheFor: 0 } });
    const listed = await tools.connections();
    expect(listed).toEqual({ kind: 'found', value: ['gmail', 'github', 'slack'] });
    await sandbox.close();
    await expect.poll(() => tools.connections()).toEqual({ ...listed, stale: true });
  });

  it('are not asked for again at once where Scalekit has failed', async () => {
    const { sandbox, tools } = await startTools();
    sandbox.control.addFault({
      match: { operation: 'ListAppConnections' },
      times: 'always',
      effect: { kind: 'grpc_status', code: 'Internal' },
    });
    const failure = { kind: 'transient', failure: { code: 'scalekit_unavailable' } };
    expect(await tools.connections()).toMatchObject(failure);
    expect(await tools.connections()).toMatchObject(failure);
    expect(sandbox.control.faults()).toMatchObject([{ struck: 1 }]);
  });
});

describe('Scalekit', () => {
  it('is asked for one token by twenty who start cold, and by twenty whose token ran out', async () => {
    const { sandbox, tools } = await startTools();
    const tokens = { match: { operation: 'token' }, times: 1_000 } as const;
    sandbox.control.addFault({ ...tokens, effect: { kind: 'delay', milliseconds: 1 } });
    const askAll = () =>
      Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          tools.isAccountActive({ ...account, user: `user_${index}` }, { fresh: true }),
        ),
      );
    expect(new Set((await askAll()).map(({ kind }) => kind))).toEqual(new Set(['found']));
    expect(sandbox.control.faults()).toMatchObject([{ struck: 1 }]);
    sandbox.control.expireTokens();
    expect(new Set((await askAll()).map(({ kind }) => kind))).toEqual(new Set(['found']));
    expect(sandbox.control.faults()).toMatchObject([{ struck: 2 }]);
  });

  it('refuses a wrong secret for good', async () => {
    const { tools } = await startTools({ client: { clientSecret: 'wrong-secret' } });
    const refused = { kind: 'fatal', failure: { code: 'scalekit_unauthorized' } };
    expect(await tools.connections()).toMatchObject(refused);
    expect(await tools.isAccountActive(account, { fresh: false })).toMatchObject(refused);
    expect(await tools.listTools(account)).toMatchObject(refused);
  });

  it('is asked again later where it is away', async () => {
    const { sandbox, tools } = await startTools();
    await sandbox.close();
    expect(await tools.isAccountActive(account, { fresh: false })).toMatchObject({
      kind: 'transient',
      failure: { code: 'scalekit_unreachable', retryable: true },
    });
  });

  it('may go away between two calls without ending the process', async () => {
    const { sandbox, tools } = await startTools();
    await tools.connections();
    const closing = sandbox.close();
    const asked = Promise.all(
      Array.from({ length: 5 }, () => tools.isAccountActive(account, { fresh: true })),
    );
    await closing;
    for (const answer of await asked) expect(['found', 'transient']).toContain(answer.kind);
  });

  it.each([
    ['ResourceExhausted', 'transient', 'scalekit_rate_limited'],
    ['DeadlineExceeded', 'transient', 'scalekit_timeout'],
    ['PermissionDenied', 'fatal', 'scalekit_forbidden'],
    ['InvalidArgument', 'fatal', 'scalekit_bad_request'],
  ] as const)('answers %s: %s, %s', async (status, kind, code) => {
    const { sandbox, tools } = await startTools();
    sandbox.control.addFault({
      match: { operation: 'GetConnectedAccountAuth' },
      times: 'always',
      effect: { kind: 'grpc_status', code: status },
    });
    expect(await tools.isAccountActive(account, { fresh: true })).toMatchObject({
      kind,
      failure: { code },
    });
  });
});
