import { randomBytes } from 'node:crypto';
import { createBoundedMap } from '../server/bounded.ts';
import type {
  Account,
  AccountStatus,
  AuthorizationRequest,
  Connection,
  MagicLink,
} from './account.ts';

const mostAccounts = 20_000;
const mostLinks = 20_000;

export interface AccountStoreDependencies {
  readonly connections: readonly Connection[];
  readonly now: () => number;
  readonly autoActive: boolean;
  readonly linkLifetimeSeconds: number;
}

/** What came of an approval on the consent page. */
export type Approval =
  | { outcome: 'active'; account: Account }
  | { outcome: 'verify'; account: Account; redirectTo: string }
  | { outcome: 'unknown' | 'expired' | 'used' };

export type Verification = 'active' | 'unknown' | 'mismatch';

/** Accounts, magic links and authorization requests, with the life cycle of Scalekit's accounts. */
export type AccountStore = ReturnType<typeof createAccountStore>;

function ownerKey(connection: string, identifier: string): string {
  return `${connection}\n${identifier}`;
}

function secretId(prefix: string): string {
  return prefix + randomBytes(12).toString('hex');
}

function verifyUrl(link: MagicLink & { userVerifyUrl: string }, requestId: string): string {
  const url = new URL(link.userVerifyUrl);
  url.searchParams.set('auth_request_id', requestId);
  if (link.state !== undefined) url.searchParams.set('state', link.state);
  return url.href;
}

export function createAccountStore(dependencies: AccountStoreDependencies) {
  const { connections, now, autoActive, linkLifetimeSeconds } = dependencies;
  const accounts = createBoundedMap<Account>(mostAccounts);
  const idByOwner = createBoundedMap<string>(mostAccounts);
  const links = createBoundedMap<MagicLink>(mostLinks);
  const requests = createBoundedMap<AuthorizationRequest>(mostLinks);

  const find = (connection: string, identifier: string) => {
    const id = idByOwner.get(ownerKey(connection, identifier));
    return id === undefined ? undefined : accounts.get(id);
  };

  const setStatus = (account: Account, status: AccountStatus) => {
    if (status === 'ACTIVE' && account.status !== 'ACTIVE') account.authorizations += 1;
    account.status = status;
    account.updatedAt = now();
  };

  const linkState = (token: string) => {
    const link = links.get(token);
    const account = link && accounts.get(link.accountId);
    if (link === undefined || account === undefined) return { state: 'unknown' } as const;
    if (link.usedAt !== undefined) return { state: 'used', link, account } as const;
    if (link.expiresAt <= now()) return { state: 'expired', link, account } as const;
    return { state: 'open', link, account } as const;
  };

  return {
    connections,
    connection: (keyId: string) => connections.find((each) => each.keyId === keyId),
    list: () => accounts.values(),
    byId: (id: string) => accounts.get(id),
    find,
    setStatus,

    create(connection: Connection, identifier: string): Account {
      const time = now();
      const account: Account = {
        id: secretId('ca_'),
        identifier,
        connection,
        status: 'PENDING_AUTH',
        authorizations: 0,
        createdAt: time,
        updatedAt: time,
        lastUsedAt: undefined,
      };
      if (autoActive) setStatus(account, 'ACTIVE');
      accounts.set(account.id, account);
      idByOwner.set(ownerKey(connection.keyId, identifier), account.id);
      return account;
    },

    remove(account: Account): void {
      accounts.delete(account.id);
      idByOwner.delete(ownerKey(account.connection.keyId, account.identifier));
    },

    createLink(account: Account, target: { state?: string; userVerifyUrl?: string }): MagicLink {
      const link: MagicLink = {
        token: randomBytes(24).toString('base64url'),
        accountId: account.id,
        state: target.state,
        userVerifyUrl: target.userVerifyUrl,
        expiresAt: now() + linkLifetimeSeconds * 1000,
        usedAt: undefined,
      };
      links.set(link.token, link);
      return link;
    },

    linkState,

    expireLinks(account: Account): void {
      for (const link of links.values()) {
        if (link.accountId === account.id) link.expiresAt = now();
      }
    },

    /** The person approves: the account waits for verification, or is active where no URL was given. */
    approve(token: string): Approval {
      const found = linkState(token);
      if (found.state !== 'open') return { outcome: found.state };
      const { link, account } = found;
      link.usedAt = now();
      if (link.userVerifyUrl === undefined) {
        setStatus(account, 'ACTIVE');
        return { outcome: 'active', account };
      }
      setStatus(account, 'PENDING_VERIFICATION');
      const expiresAt = now() + linkLifetimeSeconds * 1000;
      const request = { id: secretId('auth_req_'), accountId: account.id, expiresAt };
      requests.set(request.id, request);
      const target = { ...link, userVerifyUrl: link.userVerifyUrl };
      return { outcome: 'verify', account, redirectTo: verifyUrl(target, request.id) };
    },

    /** The application confirms whose browser it was: single use, and a mismatch uses nothing up. */
    verify(requestId: string, identifier: string): Verification {
      const request = requests.get(requestId);
      const account = request && accounts.get(request.accountId);
      if (!request || !account || request.expiresAt <= now()) return 'unknown';
      if (account.identifier !== identifier) return 'mismatch';
      requests.delete(requestId);
      setStatus(account, 'ACTIVE');
      return 'active';
    },

    clear(): void {
      for (const map of [accounts, idByOwner, links, requests]) map.clear();
    },
  };
}
