import { timestampMs } from '@bufbuild/protobuf/wkt';
import { Code } from '@connectrpc/connect';
import type { Failure } from '@pawl/contracts';
import type { Account, AccountAuthorizer, Lookup } from '@pawl/engine';
import type { ScalekitClient } from '@scalekit-sdk/node';
import type { CleanText } from '../clean-text.ts';
import { InvalidAnswer } from './every-page.ts';
import { type Fault, readFault } from './fault.ts';
import { lookupFailureOf } from './lookup-failure.ts';

/** Where Scalekit names no time: its links live for a "short duration". */
const linkLifetime = 300_000;

export interface AccountLinks {
  readonly scalekit: ScalekitClient;
  readonly clean: CleanText;
  readonly identifierOf: (account: Account) => string;
  /** Looks at the account, and creates it where there is none. */
  readonly ensureAccount: (account: Account) => Promise<Lookup<boolean>>;
  readonly forget: (account: Account) => void;
  readonly now: () => number;
}

/** Sends people to Scalekit's consent page, and checks who came back. */
export function createAccountAuthorizer(links: AccountLinks): AccountAuthorizer {
  const { scalekit, clean, identifierOf, ensureAccount, forget, now } = links;

  async function createLink(
    account: Account,
    { state, verifyUrl }: { state: string; verifyUrl: string },
  ): Promise<{ url: string; expiresAt: number }> {
    const { link, expiry } = await scalekit.actions.getAuthorizationLink({
      connectionName: account.connection,
      identifier: identifierOf(account),
      state,
      userVerifyUrl: verifyUrl,
    });
    if (!URL.canParse(link)) throw new InvalidAnswer('the authorization link is not a URL');
    const expiresAt = expiry === undefined ? now() + linkLifetime : timestampMs(expiry);
    return { url: link, expiresAt };
  }

  return {
    async authorizationLink(account, options) {
      const { connection } = account;
      try {
        return { kind: 'found', value: await createLink(account, options) };
      } catch (error) {
        const fault = readFault(error);
        if (!isNotFound(fault)) return lookupFailureOf(fault, { clean, connection });
      }
      // A user who is new to this connection has no account yet.
      const ensured = await ensureAccount(account);
      if (ensured.kind !== 'found') return ensured;
      try {
        return { kind: 'found', value: await createLink(account, options) };
      } catch (error) {
        return lookupFailureOf(readFault(error), { clean, connection });
      }
    },

    async verify(account, authRequestId) {
      try {
        const { postUserVerifyRedirectUrl } = await scalekit.actions.verifyConnectedAccountUser({
          authRequestId,
          identifier: identifierOf(account),
        });
        forget(account);
        return {
          kind: 'verified',
          ...(postUserVerifyRedirectUrl === '' ? {} : { redirectUrl: postUserVerifyRedirectUrl }),
        };
      } catch (error) {
        const fault = readFault(error);
        const failure = refusalOf(fault);
        return failure === undefined
          ? lookupFailureOf(fault, { clean, connection: account.connection })
          : { kind: 'refused', failure };
      }
    },
  };
}

function isNotFound(fault: Fault): boolean {
  return fault.kind === 'status' && fault.status === Code.NotFound;
}

/** A person's mistake, or somebody's attempt. Scalekit's own words may name the identifier, so these stand alone. */
export function refusalOf(fault: Fault): Failure | undefined {
  if (fault.kind !== 'status') return undefined;
  switch (fault.status) {
    case Code.PermissionDenied:
      return refuse(
        'scalekit_user_mismatch',
        'The account was authorized for another user than the one who asked for the link.',
      );
    case Code.NotFound:
      return refuse(
        'scalekit_authorization_unknown',
        'This authorization is not known, or it was used already: open a new link.',
      );
    case Code.InvalidArgument:
    case Code.FailedPrecondition:
    case Code.OutOfRange:
    case Code.AlreadyExists:
      return refuse(
        'scalekit_authorization_invalid',
        'This authorization is not valid any more: open a new link.',
      );
    default:
      return undefined;
  }
}

function refuse(code: string, message: string): Failure {
  return { code, message, retryable: false };
}

const separator = '::';

/** Whose account Scalekit means by an identifier: the other way round of {@link identifierOf}. */
export function accountOwnerOf(identifier: string): Pick<Account, 'tenant' | 'user'> {
  const at = identifier.indexOf(separator);
  if (at === -1) return { tenant: 'default', user: identifier };
  return { tenant: identifier.slice(0, at), user: identifier.slice(at + separator.length) };
}

/**
 * The name under which Scalekit knows a user. Every tenant but `default` has a name space of its own, so that no
 * tenant's key reaches another one's accounts by naming its users: the gateway refuses users that hold `::`.
 */
export function identifierOf({ tenant, user }: Pick<Account, 'tenant' | 'user'>): string {
  return tenant === 'default' ? user : `${tenant}${separator}${user}`;
}
