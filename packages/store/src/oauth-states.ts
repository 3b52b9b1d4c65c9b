import type { RedisConnection } from '@pawl/runtime';
import { z } from 'zod';
import type { Keys } from './keys.ts';
import { parseStored } from './parse.ts';
import { loadScript, runScript } from './script.ts';

const OAuthState = z.object({
  tenant: z.string(),
  user: z.string(),
  connection: z.string(),
  cookieDigest: z.string(),
  expiresAt: z.int(),
});

/** Who was sent to the consent page, from which browser. Kept under the digest of `state`, until `expiresAt`. */
export type OAuthState = z.infer<typeof OAuthState>;

/** Of one account: more tabs than a person has open, and room for the scanners of mails. */
const kept = 20;

const saveScript = loadScript('save-oauth-state');
const takeScript = loadScript('take-oauth-state');

export function createOAuthStates(redis: RedisConnection, keys: Keys) {
  return {
    /** Keeps the newest states of an account: an older one is as unknown as one that has expired. */
    async saveOAuthState(state: string, record: OAuthState): Promise<void> {
      const { tenant, user, connection, cookieDigest, expiresAt } = record;
      await runScript(
        redis,
        saveScript,
        [keys.oauthState(state), keys.oauthStatesOf(state, tenant, user, connection)],
        [cookieDigest, JSON.stringify(record), expiresAt, kept],
      );
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
