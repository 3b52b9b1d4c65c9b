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

const takeScript = loadScript('take-oauth-state');

export function createOAuthStates(redis: RedisConnection, keys: Keys) {
  return {
    async saveOAuthState(state: string, record: OAuthState): Promise<void> {
      const key = keys.oauthState(state);
      await redis
        .multi()
        .hset(key, { cookie: record.cookieDigest, record: JSON.stringify(record) })
        .pexpireat(key, record.expiresAt)
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
