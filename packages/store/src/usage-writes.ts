import { shardOfId } from '@pawl/contracts';
import type { JobTransition } from '@pawl/engine';
import type { IndexSettings } from './indexes.ts';
import { digest } from './keys.ts';
import type { WriteBatch } from './write-batch.ts';

/** Costs are counted in billionths of a US dollar: whole numbers add up without rounding. */
export const nanosPerUsd = 1_000_000_000;

/** Days of a month times models that one user's calls of a month are told apart by; further ones are `other`. */
const mostRows = 1_000;

/** A month's counters are kept for so many days after its begin: the year before can be compared with. */
const keptDays = 430;

/** The UTC month and day of a time: `2026-11` and `26`. */
export function monthAndDay(time: number): { readonly month: string; readonly day: string } {
  const date = new Date(time).toISOString();
  return { month: date.slice(0, 7), day: date.slice(8, 10) };
}

/**
 * Counts what a job's commit has spent on model calls: the difference of its usage, in the same run of the script, so
 * that nothing is counted twice or lost.
 */
export function writeUsage(
  batch: WriteBatch,
  { before, after, model = 'unknown' }: JobTransition,
  at: number,
  { keys }: IndexSettings,
): void {
  const was = before?.usage ?? { modelCalls: 0, inputTokens: 0, outputTokens: 0, costUsd: 0 };
  const is = after.usage;
  const input = is.inputTokens - was.inputTokens;
  const output = is.outputTokens - was.outputTokens;
  const cost = nanos(is.costUsd) - nanos(was.costUsd);
  const calls = is.modelCalls - was.modelCalls;
  if (calls === 0 && input === 0 && output === 0 && cost === 0) return;

  const { tenant, user } = after;
  const shard = shardOfId(after.id);
  const { month, day } = monthAndDay(at);
  const expiry = Math.floor(Date.parse(`${month}-01`) / 1_000) + keptDays * 86_400;
  const who = digest(user);
  const [ofTenant, ofUser] = [
    keys.usage(shard, tenant, month),
    keys.usageOfUser(shard, tenant, month, who),
  ];
  const tokens = input + output;
  const spent = [...unlessZero('cost', cost), ...unlessZero(`cost:${day}`, cost)];
  const sums = ['tokens', tokens, `tokens:${day}`, tokens, ...spent];
  batch.write('ADD_NUMBERS', ofTenant, expiry, ...sums);
  batch.addToRow(ofUser, {
    row: `${day} ${modelName(model)}`,
    rest: `${day} other`,
    mostRows,
    list: { key: keys.usageUsers(shard, tenant, month), member: who, expiry },
    user,
    // A row is known by its calls, so that these are written whatever they are.
    amounts: [
      'calls',
      calls,
      ...unlessZero('input', input),
      ...unlessZero('output', output),
      ...unlessZero('cost', cost),
    ],
    sums,
  });
}

function unlessZero(field: string, amount: number): (string | number)[] {
  return amount === 0 ? [] : [field, amount];
}

function nanos(usd: number): number {
  return Math.round(usd * nanosPerUsd);
}

/** Model names come from the endpoint: bounded, and without what would be taken for the end of a name. */
function modelName(name: string): string {
  return name.replaceAll(/[\s\p{C}]+/gu, '_').slice(0, 200) || 'unknown';
}
