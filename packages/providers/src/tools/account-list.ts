import { timestampMs } from '@bufbuild/protobuf/wkt';
import { Code } from '@connectrpc/connect';
import type { AccountStatus } from '@pawl/contracts';
import type { Account, Lookup } from '@pawl/engine';
import type { ScalekitClient } from '@scalekit-sdk/node';
import { ConnectorStatus } from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/connected_accounts/connected_accounts_pb.js';
import type { CleanText } from '../clean-text.ts';
import { everyPage } from './every-page.ts';
import { readFault } from './fault.ts';
import { lookupFailureOf } from './lookup-failure.ts';

/** What Scalekit knows of a user's account. */
interface KnownAccount {
  readonly connection: string;
  readonly status: AccountStatus;
  /** Milliseconds since 1970. */
  readonly updatedAt: number | undefined;
}

export interface AccountListing {
  /** All accounts of a user that were ever asked for. */
  listAccounts(owner: Omit<Account, 'connection'>): Promise<Lookup<readonly KnownAccount[]>>;
  /** Ends an authorization, and forgets its tokens. False: there was none. */
  removeAccount(account: Account): Promise<Lookup<boolean>>;
}

interface ListingSettings {
  readonly scalekit: ScalekitClient;
  readonly clean: CleanText;
  readonly identifierOf: (owner: Omit<Account, 'connection'>) => string;
  readonly forget: (account: Account) => void;
}

/** Accounts as Scalekit's list shows them: the one answer about accounts that carries no tokens. */
export function createAccountListing({
  scalekit,
  clean,
  identifierOf,
  forget,
}: ListingSettings): AccountListing {
  return {
    async listAccounts(owner) {
      const identifier = identifierOf(owner);
      try {
        const accounts = await everyPage(async (pageToken) => {
          const page = await scalekit.actions.listConnectedAccounts({
            identifier,
            pageSize: 100,
            ...(pageToken === undefined ? {} : { pageToken }),
          });
          const own = page.connectedAccounts.filter((account) => account.identifier === identifier);
          const items = own.map(({ connector, status, updatedAt }) => ({
            connection: connector,
            status: statusOf(status),
            updatedAt: updatedAt === undefined ? undefined : timestampMs(updatedAt),
          }));
          return { items, nextPageToken: page.nextPageToken };
        });
        return { kind: 'found', value: accounts };
      } catch (error) {
        return lookupFailureOf(readFault(error), { clean });
      }
    },

    async removeAccount(account) {
      const { connection } = account;
      try {
        await scalekit.actions.deleteConnectedAccount({
          connectionName: connection,
          identifier: identifierOf(account),
        });
        return { kind: 'found', value: true };
      } catch (error) {
        const fault = readFault(error);
        if (fault.kind === 'status' && fault.status === Code.NotFound) {
          return { kind: 'found', value: false };
        }
        return lookupFailureOf(fault, { clean, connection });
      } finally {
        forget(account);
      }
    },
  };
}

function statusOf(status: ConnectorStatus): AccountStatus {
  switch (status) {
    case ConnectorStatus.ACTIVE:
      return 'active';
    case ConnectorStatus.EXPIRED:
      return 'expired';
    case ConnectorStatus.PENDING_VERIFICATION:
      return 'pending_verification';
    case ConnectorStatus.DISCONNECTED:
      return 'disconnected';
    default:
      return 'pending';
  }
}
