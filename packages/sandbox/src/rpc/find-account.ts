import { Code, ConnectError } from '@connectrpc/connect';
import type { Account, Connection } from '../accounts/account.ts';
import type { AccountStore } from '../accounts/account-store.ts';

/** How requests name an account: by id, or by connection and identifier. */
export interface AccountReference {
  readonly id?: string | undefined;
  readonly connector?: string | undefined;
  readonly identifier?: string | undefined;
}

/** Throws NotFound for an unknown connection, InvalidArgument where none is named. */
export function requireConnection(accounts: AccountStore, keyId: string | undefined): Connection {
  if (!keyId) throw new ConnectError('connector is required', Code.InvalidArgument);
  const connection = accounts.connection(keyId);
  if (!connection) throw new ConnectError(`connection not found: ${keyId}`, Code.NotFound);
  return connection;
}

/** Throws NotFound for an unknown connection or account. */
export function requireAccount(accounts: AccountStore, reference: AccountReference): Account {
  if (reference.id) {
    const account = accounts.byId(reference.id);
    if (!account) throw new ConnectError('connected account not found', Code.NotFound);
    return account;
  }
  const connection = requireConnection(accounts, reference.connector);
  if (!reference.identifier) throw new ConnectError('identifier is required', Code.InvalidArgument);
  const account = accounts.find(connection.keyId, reference.identifier);
  if (!account) {
    throw new ConnectError(
      `connected account not found for ${reference.identifier} on ${connection.keyId}`,
      Code.NotFound,
    );
  }
  return account;
}
