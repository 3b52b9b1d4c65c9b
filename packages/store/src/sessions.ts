import type { RedisConnection } from '@pawl/runtime';
import { customAlphabet } from 'nanoid';
import { z } from 'zod';
import { digest, type Keys } from './keys.ts';
import { formatStored, parseStored } from './record-format.ts';

const StoredSession = z.object({
  /** The id of the API key that has signed in: what it may do is read anew for each request. */
  key: z.string(),
  createdAt: z.int(),
  expiresAt: z.int(),
});

/** A browser in which somebody has signed in. Times are milliseconds since 1970. */
export type Session = z.infer<typeof StoredSession>;

const letters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 190 random bits: a fast hash is enough for a secret that can't be guessed. */
const newToken = customAlphabet(letters, 32);
const tokenPattern = /^[0-9A-Za-z]{32}$/;

/** Sessions stand in shard 0 under the hashes of their tokens, and Redis drops them when they expire. */
export function createSessions(redis: RedisConnection, keys: Keys) {
  return {
    /** Answers the token, which is kept nowhere else. */
    async createSession(session: Session): Promise<string> {
      const token = newToken();
      await redis.set(
        keys.session(digest(token)),
        formatStored(StoredSession, session, 'a session'),
        'PXAT',
        session.expiresAt,
      );
      return token;
    },

    /** Undefined for anything that is not the token of a session that goes on. */
    async readSession(token: string): Promise<Session | undefined> {
      if (!tokenPattern.test(token)) return undefined;
      const text = await redis.get(keys.session(digest(token)));
      return text === null ? undefined : parseStored(StoredSession, text, 'a session');
    },

    async endSession(token: string): Promise<void> {
      if (tokenPattern.test(token)) await redis.del(keys.session(digest(token)));
    },
  };
}
