import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import {
  ConnectorStatus,
  ConnectorType,
} from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/connected_accounts/connected_accounts_pb.js';
import type { Account } from '../accounts/account.ts';

const tokenLifetimeMilliseconds = 3_600_000;

const scopesByConnector: Record<string, string[]> = {
  gmail: ['https://www.googleapis.com/auth/gmail.modify'],
  github: ['repo', 'read:org'],
  slack: ['channels:read', 'channels:history', 'chat:write', 'users:read'],
};

/** The account without its tokens, as `ListConnectedAccounts` shows it. */
export function accountForList(account: Account) {
  return {
    id: account.id,
    identifier: account.identifier,
    connector: account.connection.keyId,
    connectionId: account.connection.id,
    provider: account.connection.providerKey,
    status: ConnectorStatus[account.status],
    authorizationType: ConnectorType.OAUTH,
    updatedAt: timestampFromMs(account.updatedAt),
    tokenExpiresAt: timestampFromMs(account.updatedAt + tokenLifetimeMilliseconds),
    ...(account.lastUsedAt === undefined
      ? {}
      : { lastUsedAt: timestampFromMs(account.lastUsedAt) }),
  };
}

/**
 * The account with its (made-up, recognisable) OAuth tokens, as the real service gives them to
 * `getConnectedAccount`: clients must never log or store this.
 */
export function accountWithTokens(account: Account) {
  if (account.authorizations === 0) return accountForList(account);
  const suffix = `${account.id}-${account.authorizations}`;
  return {
    ...accountForList(account),
    authorizationDetails: {
      details: {
        case: 'oauthToken' as const,
        value: {
          accessToken: `sandbox-oauth-token-${suffix}`,
          refreshToken: `sandbox-oauth-refresh-${suffix}`,
          scopes: scopesByConnector[account.connection.connector] ?? [],
        },
      },
    },
  };
}
