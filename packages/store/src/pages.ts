import { shardOfId } from '@pawl/contracts';
import { unlessUnreadable } from '@pawl/engine';
import { isRedisUnavailable, type RedisConnection } from '@pawl/runtime';
import { z } from 'zod';

export class InvalidCursorError extends Error {
  override readonly name = 'InvalidCursorError';
}

/** A place in a sorted set: where a page ended, and the next one begins after. */
interface Place {
  readonly score: number;
  readonly member: string;
}

const Cursor = z.tuple([z.number(), z.string()]);

/** The newest places after `after` of several sorted sets together. */
async function readPlaces(
  redis: RedisConnection,
  { indexes, range }: Pick<Selection, 'indexes' | 'range'>,
  after: Place | undefined,
  limit: number,
): Promise<Place[]> {
  const pages = await fromLivingShards(
    indexes.map((key) => readIndex(redis, { key, range }, after, limit)),
  );
  return pages.flat().toSorted(newestFirst).slice(0, limit);
}

/**
 * What the shards answer that can be read: while one primary of a cluster is away, the others' entries are listed.
 *
 * @throws what the first one says, where none answers
 */
async function fromLivingShards<Answer>(asked: readonly Promise<Answer>[]): Promise<Answer[]> {
  const settled = await Promise.allSettled(asked);
  const answers = settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  for (const each of settled) {
    if (each.status === 'fulfilled') continue;
    if (answers.length === 0 || !isRedisUnavailable(each.reason)) throw each.reason;
  }
  return answers;
}

/** Redis orders members of one score by their bytes: places of the cursor's own score are skipped one by one. */
async function readIndex(
  redis: RedisConnection,
  { key, range = {} }: { readonly key: string; readonly range: ScoreRange | undefined },
  after: Place | undefined,
  limit: number,
): Promise<Place[]> {
  const places: Place[] = [];
  const { from = '-inf', to = Infinity } = range;
  const isWithin = after !== undefined && after.score < to;
  const highest = isWithin ? String(after.score) : to === Infinity ? '+inf' : `(${to}`;
  for (let offset = 0; ; offset += limit) {
    const flat = await redis.zrevrangebyscore(
      key,
      highest,
      from,
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

function encodeCursor({ score, member }: Place): string {
  return Buffer.from(JSON.stringify([score, member])).toString('base64url');
}

/** Throws {@link InvalidCursorError}. */
function decodeCursor(text: string): Place {
  try {
    const [score, member] = Cursor.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
    return { score, member };
  } catch (error) {
    throw new InvalidCursorError('the cursor is not one of ours', { cause: error });
  }
}

/** Which members a list shows: those of any of `indexes` that every one of `filters` of their shard has as well. */
export interface Selection {
  readonly indexes: readonly string[];
  /** Sorted sets beside the index of a shard, in its hash tag. Absent: none. */
  readonly filters?: ((shard: number) => readonly string[]) | undefined;
  /** Of the scores. */
  readonly range?: ScoreRange | undefined;
}

interface ScoreRange {
  /** The lowest one. */
  readonly from?: number | undefined;
  /** The first one that is too high. */
  readonly to?: number | undefined;
}

/** Members that one request looks at, however few of them match. */
const mostLooked = 10_000;
const lookedAtOnce = 500;

interface SelectedPlaces {
  readonly places: readonly Place[];
  /** Where looking goes on; undefined when nothing is left. */
  readonly next: Place | undefined;
}

/** The newest places after `after`. Fewer than `limit` when few match: `next` says whether there are more. */
async function selectPlaces(
  redis: RedisConnection,
  { indexes, filters, range }: Selection,
  { after: start, limit }: { readonly after: Place | undefined; readonly limit: number },
): Promise<SelectedPlaces> {
  if (filters === undefined) {
    const places = await readPlaces(redis, { indexes, range }, start, limit);
    return { places, next: places.length < limit ? undefined : places.at(-1) };
  }
  const places: Place[] = [];
  let after = start;
  for (let looked = 0; looked < mostLooked; looked += lookedAtOnce) {
    const piece = await readPlaces(redis, { indexes, range }, after, lookedAtOnce);
    for (const place of await matching(redis, piece, filters)) {
      places.push(place);
      if (places.length === limit) return { places, next: place };
    }
    after = piece.at(-1);
    if (piece.length < lookedAtOnce) return { places, next: undefined };
  }
  return { places, next: after };
}

async function matching(
  redis: RedisConnection,
  places: readonly Place[],
  filters: (shard: number) => readonly string[],
): Promise<Place[]> {
  const shards = [...new Set(places.map(({ member }) => shardOfId(member)))];
  const matched = await Promise.all(
    shards.map(async (shard) => {
      const members = places
        .map(({ member }) => member)
        .filter((member) => shardOfId(member) === shard);
      const scores = await Promise.all(filters(shard).map((key) => redis.zmscore(key, ...members)));
      return members.filter((_, position) => scores.every((found) => found[position] !== null));
    }),
  );
  const kept = new Set(matched.flat());
  return places.filter(({ member }) => kept.has(member));
}

/** A page ends with the item that makes it so long, in characters of JSON. */
const pageCharacters = 1_048_576;
const readAtOnce = 10;

export interface ListPage<Item> {
  readonly items: Item[];
  readonly nextCursor: string | null;
}

/**
 * A page of what a selection's members stand for, newest first. It may have fewer items than `limit`, since it is bounded
 * in its length too: the cursor says whether there are more.
 *
 * @param read undefined for what is not there any more, or has changed so that it does not match
 * @throws InvalidCursorError
 */
export async function readPage<Item>(
  redis: RedisConnection,
  selection: Selection,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
  read: (member: string) => Promise<Item | undefined>,
): Promise<ListPage<Item>> {
  const after = cursor === undefined ? undefined : decodeCursor(cursor);
  const { places, next } = await selectPlaces(redis, selection, { after, limit });
  const items: Item[] = [];
  let left = pageCharacters;
  for (let start = 0; start < places.length; start += readAtOnce) {
    const piece = places.slice(start, start + readAtOnce);
    // What cannot be read must not keep the others from being shown.
    const found = await Promise.all(piece.map(({ member }) => unlessUnreadable(read(member))));
    for (const [position, item] of found.entries()) {
      const place = piece[position];
      if (item === undefined || place === undefined) continue;
      items.push(item);
      left -= JSON.stringify(item).length;
      if (left <= 0 && place !== places.at(-1)) return { items, nextCursor: encodeCursor(place) };
    }
  }
  return { items, nextCursor: next === undefined ? null : encodeCursor(next) };
}
