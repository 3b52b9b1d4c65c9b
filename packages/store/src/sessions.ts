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

/** Then a browser has to sign in again. Milliseconds. */
export const longestSession = 12 * 60 * 60 * 1_000;

/** Of one API key at a time: more browsers than those who share a key have. One more ends the oldest. */
const mostSessions = 100;

/** Sessions stand in shard 0 under the hashes of their tokens, and Redis drops them when they expire. */
export function createSessions(redis: RedisConnection, keys: Keys) {
  return {
    /** Answers the token, which is kept nowhere else. */
    async createSession(session: Session): Promise<string> {
      const token = newToken();
      const { key, createdAt, expiresAt } = session;
      const listed = keys.sessionsOf(key);
      const record = formatStored(StoredSession, session, 'a session');
      await redis
        .multi()
        .set(keys.session(digest(token)), record, 'PXAT', expiresAt)
        .zremrangebyscore(listed, '-inf', createdAt - longestSession)
        .zadd(listed, createdAt, digest(token))
        .pexpireat(listed, createdAt + longestSession)
        .exec();
      const surplus = await redis.zrange(listed, 0, String(-1 - mostSessions));
      if (surplus.length > 0) {
        const names = surplus.map((each) => keys.session(each));
        await redis
          .multi()
          .del(...names)
          .zrem(listed, ...surplus)
          .exec();
      }
      return token;
    },

    /** Undefined for anything that is not the token of a session that goes on. */
    async readSession(token: string): Promise<Session | undefined> {
      if (!tokenPattern.test(token)) return undefined;
      const text = await redis.get(keys.session(digest(token)));
      return text === null ? undefined : parseStored(StoredSession, text, 'a session');
    },

    async endSession(token: string): Promise<void> {
      if (!tokenPattern.test(token)) return;
      const text = await redis.getdel(keys.session(digest(token)));
      if (text === null) return;
      const { key } = parseStored(StoredSession, text, 'a session');
      await redis.zrem(keys.sessionsOf(key), digest(token));
    },
  };
}
