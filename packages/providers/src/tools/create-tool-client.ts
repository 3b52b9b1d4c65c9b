import type { Account, AccountAuthorizer, ToolClient } from '@pawl/engine';
import { createTextCleaner } from '../clean-text.ts';
import { createAccessTokens, GuardedSessionManager } from './access-tokens.ts';
import { type AccountListing, createAccountListing } from './account-list.ts';
import { createAccountAuthorizer, identifierOf as defaultIdentifierOf } from './account-links.ts';
import { createAdaptedSdk } from './adapted-sdk.ts';
import { keptCharacters } from './bound-output.ts';
import { createSingleCaller } from './call-once.ts';
import { executeTool } from './execute-tool.ts';
import { createLookups } from './lookups.ts';

/** Times are milliseconds. */
export interface ToolClientSettings {
  readonly environmentUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** The longest that one tool call may take. */
  readonly toolTimeout: number;
  /** The longest that one attempt at a look-up may take. */
  readonly lookupTimeout?: number;
  /** How long connections, active accounts and tool lists are kept. */
  readonly cacheFor?: number;
  /** How many bytes one answer of Scalekit may have, compressed or not; 4 MiB by default. More is not read. */
  readonly maxAnswerBytes?: number;
  /** Tool outputs above it are cut. */
  readonly maxOutputCharacters?: number;
  /** The name under which Scalekit knows a user of a tenant. */
  readonly identifierOf?: (owner: Omit<Account, 'connection'>) => string;
  readonly now?: () => number;
}

export type ScalekitToolClient = ToolClient &
  AccountAuthorizer &
  AccountListing & {
    /** Ends every connection. A call in flight ends with an unknown outcome. */
    close(): Promise<void>;
  };

/** Tools and accounts over Scalekit's SDK. Failures are answered, not thrown. */
export function createToolClient(settings: ToolClientSettings): ScalekitToolClient {
  const {
    environmentUrl,
    clientId,
    clientSecret,
    toolTimeout,
    lookupTimeout = 20_000,
    cacheFor = 60_000,
    maxAnswerBytes = 4_194_304,
    maxOutputCharacters = keptCharacters,
    identifierOf = defaultIdentifierOf,
    now = Date.now,
  } = settings;
  const tokens = createAccessTokens({
    environmentUrl,
    clientId,
    clientSecret,
    timeout: lookupTimeout,
  });
  const clean = createTextCleaner(() => [clientSecret, ...tokens.known()]);
  const sessions = new GuardedSessionManager(environmentUrl);
  const scalekit = createAdaptedSdk({
    environmentUrl,
    clientId,
    clientSecret,
    lookupTimeout,
    toolTimeout,
    sessions,
    tokens,
    maxAnswerBytes,
  });
  const caller = createSingleCaller({ environmentUrl, sessions, tokens, maxAnswerBytes });
  const lookups = createLookups({ scalekit, clean, identifierOf, cacheFor });
  const ensureAccount = (account: Account) => lookups.isAccountActive(account, { fresh: true });
  const authorizer = createAccountAuthorizer({
    scalekit,
    clean,
    identifierOf,
    ensureAccount,
    forget: lookups.forget,
    now,
  });

  return {
    ...lookups,
    ...authorizer,
    ...createAccountListing({ scalekit, clean, identifierOf, forget: lookups.forget }),
    execute: (invocation, signal) =>
      executeTool(
        {
          scalekit,
          caller,
          clean,
          identifierOf,
          checkAccount(account) {
            lookups.forget(account);
            return ensureAccount(account);
          },
          toolTimeout,
          maxOutputCharacters,
        },
        invocation,
        signal,
      ),
    close() {
      sessions.abort();
      return Promise.resolve();
    },
  };
}
