import { shardOfId } from '@pawl/contracts';
import type { RedisConnection } from '@pawl/runtime';
import { z } from 'zod';
import { digest, type Keys } from './keys.ts';
import { formatStored, parseStored } from './record-format.ts';

const AccountLink = z.object({
  tenant: z.string(),
  user: z.string(),
  connection: z.string(),
  returnUrl: z.string().optional(),
});

/** Whose account a link asks for that belongs to no job. Kept under the digest of its token until it expires. */
export type StoredAccountLink = z.infer<typeof AccountLink>;

/** How long it is remembered which foreign events have come, in milliseconds: senders repeat for days. */
const eventsRemembered = 7 * 86_400_000;

/** Links of the application's own pages, and Scalekit's events that were worked off. */
export function createAccountLinks(redis: RedisConnection, keys: Keys) {
  const what = 'a link to connect an account';
  return {
    /** @param token `<kind>_<shard>_<secret>` */
    async saveAccountLink(token: string, link: StoredAccountLink, lifetime: number): Promise<void> {
      const key = keys.accountLink(shardOfId(token), digest(token));
      await redis.set(key, formatStored(AccountLink, link, what), 'PX', lifetime);
    },

    async readAccountLink(token: string): Promise<StoredAccountLink | undefined> {
      const text = await redis.get(keys.accountLink(shardOfId(token), digest(token)));
      return text === null ? undefined : parseStored(AccountLink, text, what);
    },

    isScalekitEventKnown: async (id: string): Promise<boolean> =>
      (await redis.exists(keys.scalekitEvent(digest(id)))) === 1,

    async rememberScalekitEvent(id: string): Promise<void> {
      await redis.set(keys.scalekitEvent(digest(id)), '1', 'PX', eventsRemembered);
    },
  };
}
