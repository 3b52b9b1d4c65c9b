import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError, type ServiceImpl } from '@connectrpc/connect';
import type {
  AuthorizationDetails,
  ConnectedAccountService,
} from '@scalekit-sdk/node/lib/pkg/grpc/scalekit/v1/connected_accounts/connected_accounts_pb.js';
import type { SandboxParts } from '../sandbox-parts.ts';
import { accountForList, accountWithTokens } from './account-message.ts';
import { paginate, requireAccount, requireConnection } from './requests.ts';

function carriesCredentials(details: AuthorizationDetails | undefined): boolean {
  if (details?.details.case === 'oauthToken') return details.details.value.accessToken !== '';
  return details?.details.case !== undefined;
}

function checkVerifyUrl(userVerifyUrl: string | undefined): void {
  if (!userVerifyUrl) return;
  if (!URL.canParse(userVerifyUrl) || !/^https?:/i.test(userVerifyUrl)) {
    throw new ConnectError('user_verify_url must be an http or https URL', Code.InvalidArgument);
  }
}

export function connectedAccountService(
  parts: SandboxParts,
): Partial<ServiceImpl<typeof ConnectedAccountService>> {
  const { accounts } = parts;
  return {
    getConnectedAccountAuth: (request) => ({
      connectedAccount: accountWithTokens(requireAccount(accounts, request)),
    }),

    getConnectedAccountDetails: (request) => ({
      connectedAccount: accountForList(requireAccount(accounts, request)),
    }),

    createConnectedAccount(request) {
      const connection = requireConnection(accounts, request.connector);
      if (!request.identifier) {
        throw new ConnectError('identifier is required', Code.InvalidArgument);
      }
      if (accounts.find(connection.keyId, request.identifier)) {
        throw new ConnectError('connected account already exists', Code.AlreadyExists);
      }
      const account = accounts.create(connection, request.identifier);
      if (carriesCredentials(request.connectedAccount?.authorizationDetails)) {
        accounts.setStatus(account, 'ACTIVE');
      }
      return { connectedAccount: accountWithTokens(account) };
    },

    updateConnectedAccount(request) {
      const account = requireAccount(accounts, request);
      if (carriesCredentials(request.connectedAccount?.authorizationDetails)) {
        accounts.setStatus(account, 'ACTIVE');
      }
      return { connectedAccount: accountWithTokens(account) };
    },

    deleteConnectedAccount(request) {
      accounts.remove(requireAccount(accounts, request));
      return {};
    },

    getMagicLinkForConnectedAccount(request) {
      const account = requireAccount(accounts, request);
      checkVerifyUrl(request.userVerifyUrl);
      const link = accounts.createLink(account, {
        ...(request.state ? { state: request.state } : {}),
        ...(request.userVerifyUrl ? { userVerifyUrl: request.userVerifyUrl } : {}),
      });
      return {
        link: `${parts.origin()}/magicLink/${link.token}`,
        expiry: timestampFromMs(link.expiresAt),
      };
    },

    verifyConnectedAccountUser(request) {
      const verification = accounts.verify(request.authRequestId, request.identifier);
      if (verification === 'mismatch') {
        throw new ConnectError('identifier does not match', Code.PermissionDenied);
      }
      if (verification === 'unknown') {
        throw new ConnectError('auth request not found or already used', Code.NotFound);
      }
      return { postUserVerifyRedirectUrl: parts.postUserVerifyRedirectUrl };
    },

    listConnectedAccounts(request) {
      const names = [...request.connectionNames, ...(request.connector ? [request.connector] : [])];
      const matching = accounts
        .list()
        .filter(
          (account) =>
            (names.length === 0 || names.includes(account.connection.keyId)) &&
            (!request.identifier || account.identifier === request.identifier) &&
            (!request.provider || account.connection.providerKey === request.provider) &&
            (!request.query || account.identifier.includes(request.query)),
        );
      const page = paginate(matching, request, parts.defaultPageSize);
      return {
        connectedAccounts: page.items.map(accountForList),
        totalSize: page.totalSize,
        nextPageToken: page.nextPageToken,
        prevPageToken: page.prevPageToken,
      };
    },
  };
}
