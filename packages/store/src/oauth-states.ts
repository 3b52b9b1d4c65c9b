import type { RedisConnection } from '@pawl/runtime';
import { z } from 'zod';
import type { Keys } from './keys.ts';
import { loadScript, runScript } from './script.ts';
import { formatStored, parseStored } from './record-format.ts';

const OAuthState = z.object({
  tenant: z.string(),
  user: z.string(),
  connection: z.string(),
  /** Who may use it up: whoever holds the browser's cookie, as its digest, or a tenant. */
  cookieDigest: z.string(),
  expiresAt: z.int(),
  /** Where this browser was sent to; absent while the link is being made, and in records of before. */
  url: z.string().optional(),
  /** Where the application wants the browser in the end. */
  returnUrl: z.string().optional(),
  /** What Scalekit wants verified, once the person has consented and the application is to confirm it. */
  authRequestId: z.string().optional(),
});

/** Who was sent to the consent page, from which browser. Kept under the digest of `state`, until `expiresAt`. */
export type OAuthState = z.infer<typeof OAuthState>;

/** Of one account at a time: more browsers than a person has, and room for the scanners of mails. */
const mostStates = 20;

const saveScript = loadScript('save-oauth-state');
const takeScript = loadScript('take-oauth-state');

export type StateOutcome =
  | { readonly kind: 'saved' }
  /** The account has as many states as it may have, until this time. */
  | { readonly kind: 'full'; readonly until: number };

export function createOAuthStates(redis: RedisConnection, keys: Keys) {
  const expiriesOf = (state: string, { tenant, user, connection }: OAuthState) =>
    keys.oauthStatesOf(state, tenant, user, connection);

  return {
    /** Keeps a state until it expires, or replaces it: of each account, a bounded number at a time. */
    async saveOAuthState(state: string, record: OAuthState): Promise<StateOutcome> {
      const { cookieDigest, expiresAt } = record;
      const until = await runScript(
        redis,
        saveScript,
        [keys.oauthState(state), expiriesOf(state, record)],
        [cookieDigest, formatStored(OAuthState, record, 'an OAuth state'), expiresAt, mostStates],
      );
      return until === 0 ? { kind: 'saved' } : { kind: 'full', until: z.int().parse(until) };
    },

    /** The record of a state that is not used up, for the browser that holds the cookie. */
    async readOAuthState(state: string, cookieDigest: string): Promise<OAuthState | undefined> {
      const [cookie, record] = await redis.hmget(keys.oauthState(state), 'cookie', 'record');
      return cookie === cookieDigest && typeof record === 'string'
        ? parseStored(OAuthState, record, 'an OAuth state')
        : undefined;
    },

    /** Forgets a state for which no link could be made. */
    async dropOAuthState(state: string, record: OAuthState): Promise<void> {
      const name = keys.oauthState(state);
      await redis.multi().del(name).zrem(expiriesOf(state, record), name).exec();
    },

    /**
     * Forgets what else was begun for this state's account: all states and codes but this one. Does nothing where the
     * state is not known.
     */
    async dropOtherOAuthStates(state: string): Promise<void> {
      const own = keys.oauthState(state);
      const stored = await redis.hget(own, 'record');
      if (typeof stored !== 'string') return;
      const expiries = expiriesOf(state, parseStored(OAuthState, stored, 'an OAuth state'));
      const others = (await redis.zrange(expiries, '0', '-1')).filter((name) => name !== own);
      if (others.length === 0) return;
      await redis
        .multi()
        .del(...others)
        .zrem(expiries, ...others)
        .exec();
    },

    /** The record, once: and only for the browser that holds the cookie. Nobody else's attempt uses it up. */
    async takeOAuthState(state: string, cookieDigest: string): Promise<OAuthState | undefined> {
      const stored = await runScript(redis, takeScript, [keys.oauthState(state)], [cookieDigest]);
      return typeof stored === 'string'
        ? parseStored(OAuthState, stored, 'an OAuth state')
        : undefined;
    },
  };
}
