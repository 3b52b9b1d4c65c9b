import type { UsageRow } from '@pawl/contracts';
import type { LimitStore, Owner, Spending } from '@pawl/engine';
import type { RedisConnection } from '@pawl/runtime';
import { z } from 'zod';
import { digest, type Keys } from './keys.ts';
import { InvalidCursorError } from './pages.ts';
import { monthAndDay, nanosPerUsd } from './usage-writes.ts';

export interface UsageFilter {
  readonly tenant: string;
  readonly user?: string | undefined;
  readonly model?: string | undefined;
  /** First and last day, such as 2026-11-26. */
  readonly from: string;
  readonly to: string;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface UsagePage {
  readonly rows: readonly UsageRow[];
  readonly nextCursor: string | null;
}

interface UsageDependencies {
  readonly redis: RedisConnection;
  readonly keys: Keys;
  readonly shards: number;
  readonly shardOf: (owner: Owner) => number;
}

/** Months of users that one page reads at most: what is left over comes with the next one. */
const mostRead = 200;

/** A month of one user: what is read as one. */
interface Place {
  readonly month: string;
  readonly shard: number;
  /** The digest of the user. */
  readonly who: string;
}

/** The next row is of this place, or a later one, and after this row's day and model. */
const Cursor = z.tuple([
  z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/),
  z.int().min(0),
  z.string(),
  z.string(),
]);

/** Reads what model calls came to: see `writeUsage`. */
export function createUsage({ redis, keys, shards, shardOf }: UsageDependencies) {
  async function spendingAt(key: string, day: string): Promise<Spending> {
    const fields = [`tokens:${day}`, 'tokens', `cost:${day}`, 'cost'];
    const [today, month, costToday, costMonth] = (await redis.hmget(key, ...fields)).map(Number);
    return {
      tokensToday: today ?? 0,
      tokensThisMonth: month ?? 0,
      costUsdToday: (costToday ?? 0) / nanosPerUsd,
      costUsdThisMonth: (costMonth ?? 0) / nanosPerUsd,
    };
  }

  const readSpending: LimitStore['readSpending'] = async (owner, now) => {
    const { month, day } = monthAndDay(now);
    const { tenant } = owner;
    const [user, ...ofTenant] = await Promise.all([
      spendingAt(keys.usageOfUser(shardOf(owner), tenant, month, digest(owner.user)), day),
      ...everyShard().map((shard) => spendingAt(keys.usage(shard, tenant, month), day)),
    ]);
    return { user, tenant: ofTenant.reduce(addSpending) };
  };

  function everyShard(): number[] {
    return Array.from({ length: shards }, (_, shard) => shard);
  }

  /** The places from one on, in order. */
  async function* placesFrom(filter: UsageFilter, first: Place | undefined): AsyncGenerator<Place> {
    const { tenant, user } = filter;
    for (const month of monthsBetween(first?.month ?? filter.from, filter.to)) {
      if (user !== undefined) {
        yield { month, shard: shardOf({ tenant, user }), who: digest(user) };
        continue;
      }
      const resumes = first?.month === month;
      for (const shard of everyShard().slice(resumes ? first.shard : 0)) {
        let from = resumes && shard === first.shard ? `[${first.who}` : '-';
        for (let users: string[] = ['']; users.length > 0; from = `(${users.at(-1) ?? ''}`) {
          const key = keys.usageUsers(shard, tenant, month);
          users = await redis.zrangebylex(key, from, '+', 'LIMIT', 0, mostRead);
          for (const who of users) yield { month, shard, who };
          if (users.length < mostRead) break;
        }
      }
    }
  }

  /** By month, then user, then day, then model. */
  async function listUsage(filter: UsageFilter): Promise<UsagePage> {
    const { tenant, limit, cursor } = filter;
    const start = cursor === undefined ? undefined : decodeCursor(cursor, filter);
    const rows: UsageRow[] = [];
    let read = 0;
    for await (const place of placesFrom(filter, start?.place)) {
      if (read >= mostRead || rows.length >= limit) {
        return { rows, nextCursor: encodeCursor(place, '') };
      }
      const after = start !== undefined && isSame(start.place, place) ? start.after : '';
      read += 1;
      const key = keys.usageOfUser(place.shard, tenant, place.month, place.who);
      const found = rowsOf(await redis.hgetall(key), place.month).filter(
        (row) =>
          row.day >= filter.from &&
          row.day <= filter.to &&
          nameOf(row) > after &&
          (filter.model === undefined || row.model === filter.model),
      );
      const taken = found.slice(0, limit - rows.length);
      rows.push(...taken);
      const last = taken.at(-1);
      if (last !== undefined && taken.length < found.length) {
        return { rows, nextCursor: encodeCursor(place, nameOf(last)) };
      }
    }
    return { rows, nextCursor: null };
  }

  return { readSpending, listUsage };
}

function addSpending(one: Spending, other: Spending): Spending {
  return {
    tokensToday: one.tokensToday + other.tokensToday,
    tokensThisMonth: one.tokensThisMonth + other.tokensThisMonth,
    costUsdToday: one.costUsdToday + other.costUsdToday,
    costUsdThisMonth: one.costUsdThisMonth + other.costUsdThisMonth,
  };
}

/** The rows in a user's month, whose fields are `calls 26 openai/gpt-4o-mini`, `input 26 …`, `output …`, `cost …`. */
function rowsOf(fields: Record<string, string>, month: string): UsageRow[] {
  const amount = (name: string) => Number(fields[name] ?? 0);
  return Object.keys(fields)
    .flatMap((field) => {
      const [, day, model] = /^calls (\d\d) (.+)$/.exec(field) ?? [];
      return day === undefined || model === undefined ? [] : [{ day, model }];
    })
    .map(({ day, model }) => ({
      day: `${month}-${day}`,
      user: fields['user'] ?? '',
      model,
      model_calls: amount(`calls ${day} ${model}`),
      input_tokens: amount(`input ${day} ${model}`),
      output_tokens: amount(`output ${day} ${model}`),
      cost_usd: amount(`cost ${day} ${model}`) / nanosPerUsd,
    }))
    .toSorted((one, other) => {
      const [left, right] = [nameOf(one), nameOf(other)];
      return left < right ? -1 : left > right ? 1 : 0;
    });
}

/** A row's place within its user's month. */
function nameOf({ day, model }: UsageRow): string {
  return `${day} ${model}`;
}

/** From the month of one day to that of another, both of them. */
function monthsBetween(from: string, to: string): string[] {
  const [first, last] = [from, to].map((day) => {
    const [year = 0, month = 0] = day.split('-').map(Number);
    return year * 12 + month - 1;
  }) as [number, number];
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => {
    const year = Math.floor((first + index) / 12);
    const month = ((first + index) % 12) + 1;
    return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}`;
  });
}

function isSame(one: Place, other: Place): boolean {
  return one.month === other.month && one.shard === other.shard && one.who === other.who;
}

function encodeCursor({ month, shard, who }: Place, after: string): string {
  return Buffer.from(JSON.stringify([month, shard, who, after])).toString('base64url');
}

/** Throws {@link InvalidCursorError}. */
function decodeCursor(
  text: string,
  { from, to }: UsageFilter,
): { readonly place: Place; readonly after: string } {
  try {
    const [month, shard, who, after] = Cursor.parse(
      JSON.parse(Buffer.from(text, 'base64url').toString()),
    );
    const isWithin = month >= from.slice(0, 7) && month <= to.slice(0, 7);
    if (!isWithin || !/^[0-9a-f]{64}$/.test(who)) throw new Error('no place of these days');
    return { place: { month, shard, who }, after };
  } catch (error) {
    throw new InvalidCursorError('the cursor is not one of ours', { cause: error });
  }
}
