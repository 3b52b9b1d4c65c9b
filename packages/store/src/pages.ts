import type { RedisConnection } from '@pawl/runtime';
import { z } from 'zod';

export class InvalidCursorError extends Error {
  override readonly name = 'InvalidCursorError';
}

/** A place in a sorted set: where a page ended, and the next one begins after. */
export interface Place {
  readonly score: number;
  readonly member: string;
}

const Cursor = z.tuple([z.number(), z.string()]);

/** The newest places after `after` of several sorted sets together. */
export async function readPlaces(
  redis: RedisConnection,
  indexes: readonly string[],
  after: Place | undefined,
  limit: number,
): Promise<Place[]> {
  const pages = await Promise.all(indexes.map((key) => readIndex(redis, key, after, limit)));
  return pages.flat().toSorted(newestFirst).slice(0, limit);
}

/** Redis orders members of one score by their bytes: places of the cursor's own score are skipped one by one. */
async function readIndex(
  redis: RedisConnection,
  key: string,
  after: Place | undefined,
  limit: number,
): Promise<Place[]> {
  const places: Place[] = [];
  const highest = after === undefined ? '+inf' : String(after.score);
  for (let offset = 0; ; offset += limit) {
    const flat = await redis.zrevrangebyscore(
      key,
      highest,
      '-inf',
      'WITHSCORES',
      'LIMIT',
      offset,
      limit,
    );
    for (let position = 0; position < flat.length; position += 2) {
      const place = { member: flat[position] ?? '', score: Number(flat[position + 1]) };
      if (after === undefined || newestFirst(after, place) < 0) places.push(place);
    }
    if (places.length >= limit || flat.length < limit * 2) return places.slice(0, limit);
  }
}

function newestFirst(one: Place, other: Place): number {
  if (one.score !== other.score) return other.score - one.score;
  if (one.member === other.member) return 0;
  return one.member < other.member ? 1 : -1;
}

export function encodeCursor({ score, member }: Place): string {
  return Buffer.from(JSON.stringify([score, member])).toString('base64url');
}

/** Throws {@link InvalidCursorError}. */
export function decodeCursor(text: string): Place {
  try {
    const [score, member] = Cursor.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
    return { score, member };
  } catch (error) {
    throw new InvalidCursorError('the cursor is not one of ours', { cause: error });
  }
}
