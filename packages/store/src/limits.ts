import { LimitValues, OperatorLimits, shardOfId, TenantLimits } from '@pawl/contracts';
import type {
  AdmissionBounds,
  Commit,
  JobCounts,
  LimitStore,
  Owner,
  StoredLimits,
} from '@pawl/engine';
import { jsonVariable, type RedisConnection } from '@pawl/runtime';
import type { IndexSettings } from './indexes.ts';
import type { JoinedReads } from './joined-reads.ts';
import type { Keys } from './keys.ts';
import { formatStored, parseStored } from './record-format.ts';
import { shareReads } from './shared-reads.ts';
import type { WriteBatch } from './write-batch.ts';

const nothingSet = { tenant: {}, user: {} };

/**
 * The limits of tenants. Every shard holds a copy, which its admissions read; shard 0 is written last and read by
 * whoever shows them, so that a write that was cut off shows as not done.
 */
export function createLimits(redis: RedisConnection, joined: JoinedReads, keys: Keys) {
  async function write(
    { tenant, shards }: { tenant: string; shards: number },
    field: keyof StoredLimits,
    text: string,
  ): Promise<void> {
    for (let shard = shards - 1; shard >= 0; shard -= 1) {
      await redis.hset(keys.limits(shard, tenant), field, text);
    }
  }

  const readFields = shareReads((key) => joined.hmget(key, 'operator', 'own'));

  return {
    async readLimits(shard: number, tenant: string): Promise<StoredLimits> {
      const [operator, own] = await readFields(keys.limits(shard, tenant));
      const what = `the limits of tenant ${tenant}`;
      return {
        operator: operator ? parseStored(OperatorLimits, operator, what) : nothingSet,
        own: own ? parseStored(TenantLimits, own, what) : nothingSet,
      };
    },
    /** What the tenant sets for itself; replaces what it had set before. */
    writeOwnLimits: (where: { tenant: string; shards: number }, limits: TenantLimits) =>
      write(where, 'own', formatStored(TenantLimits, limits, 'a tenant’s own limits')),
    /** What the operator sets for a tenant; replaces what was set before. */
    writeOperatorLimits: (where: { tenant: string; shards: number }, limits: OperatorLimits) =>
      write(where, 'operator', formatStored(OperatorLimits, limits, 'the operator’s limits')),
  };
}

const minute = 60_000;

/** The sorted sets in which the jobs of a tenant, or of one user, are counted in one shard. */
function countedSets(keys: Keys, shard: number, tenant: string, user?: string) {
  return user === undefined
    ? {
        queued: keys.jobsWithStatus(shard, tenant, 'queued'),
        inProgress: keys.jobsWithStatus(shard, tenant, 'in_progress'),
        lastMinute: keys.accepted(shard, tenant),
      }
    : {
        queued: keys.jobsOfUserWithStatus(shard, tenant, user, 'queued'),
        inProgress: keys.jobsOfUserWithStatus(shard, tenant, user, 'in_progress'),
        lastMinute: keys.acceptedOfUser(shard, tenant, user),
      };
}

/** Adds the bounds of an admission to its commit, and the job to those of the last minute where these are limited. */
export function writeAdmission(
  batch: WriteBatch,
  { jobs, at }: Commit,
  { owner, bounds }: AdmissionBounds,
  { keys }: IndexSettings,
): void {
  // With `interrupt`, the job that is admitted is the last one.
  const job = jobs.at(-1)?.after;
  if (job === undefined) return;
  const shard = shardOfId(job.id);
  for (const { scope, count, below } of bounds) {
    const user = scope === 'user' ? owner.user : undefined;
    const set = countedSets(keys, shard, owner.tenant, user)[count];
    batch.bound(set, count === 'lastMinute' ? at - minute : '-inf', below);
    if (count !== 'lastMinute') continue;
    batch.write('ZREMRANGEBYSCORE', set, '-inf', at - minute - 1);
    batch.write('ZADD', set, at, job.id);
    batch.write('PEXPIRE', set, minute + 1_000);
  }
}

interface CountDependencies {
  readonly redis: RedisConnection;
  readonly joined: JoinedReads;
  readonly keys: Keys;
  readonly shards: number;
  readonly shardOf: (owner: Owner) => number;
}

/** Counts jobs for limits. A user belongs to one shard; a tenant's shards are summed up. */
export function createJobCounts({ redis, joined, keys, shards, shardOf }: CountDependencies) {
  type Sets = ReturnType<typeof countedSets>;

  async function countIn(
    { queued, inProgress, lastMinute }: Sets,
    now: number,
  ): Promise<JobCounts> {
    const since = now - minute;
    const [waiting, working, accepted, [, first]] = await Promise.all([
      redis.zcard(queued),
      redis.zcard(inProgress),
      redis.zcount(lastMinute, since, '+inf'),
      redis.zrangebyscore(lastMinute, since, '+inf', 'WITHSCORES', 'LIMIT', 0, 1),
    ]);
    return {
      queued: waiting,
      inProgress: working,
      lastMinute: accepted,
      ...(first === undefined ? {} : { firstOfMinute: Number(first) }),
    };
  }

  const countTenant = async (tenant: string, within: readonly number[], now: number) =>
    sum(await Promise.all(within.map((shard) => countIn(countedSets(keys, shard, tenant), now))));

  const readJobCounts: LimitStore['readJobCounts'] = async (owner, now) => {
    const own = shardOf(owner);
    const others = Array.from({ length: shards }, (_, shard) => shard).filter(
      (shard) => shard !== own,
    );
    const [user, here, elsewhere] = await Promise.all([
      countIn(countedSets(keys, own, owner.tenant, owner.user), now),
      countTenant(owner.tenant, [own], now),
      countTenant(owner.tenant, others, now),
    ]);
    return { user, tenant: sum([here, elsewhere]), elsewhere };
  };

  /** Of the user's jobs and its tenant's, in whatever shard they are. */
  const parkedJobs: LimitStore['parkedJobs'] = async ({ tenant, user }, most) => {
    const lists = [
      keys.parkedOfUser(shardOf({ tenant, user }), tenant, user),
      ...Array.from({ length: shards }, (_, shard) => keys.parked(shard, tenant)),
    ];
    const oldest = await Promise.all(lists.map((key) => joined.zrangeWithScores(key, 0, most - 1)));
    return oldest
      .flatMap(pairsOf)
      .toSorted((one, other) => one.at - other.at)
      .slice(0, most)
      .map(({ id }) => id);
  };

  return { readJobCounts, parkedJobs };
}

function pairsOf(flat: readonly string[]): { readonly id: string; readonly at: number }[] {
  return flat.flatMap((id, position) =>
    position % 2 === 0 ? [{ id, at: Number(flat[position + 1]) }] : [],
  );
}

function sum(counts: readonly JobCounts[]): JobCounts {
  const firsts = counts.flatMap(({ firstOfMinute }) => firstOfMinute ?? []);
  const total = (name: 'queued' | 'inProgress' | 'lastMinute') =>
    counts.reduce((amount, count) => amount + count[name], 0);
  return {
    queued: total('queued'),
    inProgress: total('inProgress'),
    lastMinute: total('lastMinute'),
    ...(firsts.length === 0 ? {} : { firstOfMinute: Math.min(...firsts) }),
  };
}

const limits = jsonVariable(LimitValues).prefault('{}');

/** What tenants and users are limited to by default: the same for gateway and workers. */
export const limitVariables = {
  TENANT_LIMITS: limits.describe(
    'JSON, such as {"jobs_per_minute":600,"cost_usd_per_month":500}: what each tenant is limited to.',
  ),
  USER_LIMITS: limits.describe(
    'JSON, such as {"jobs_queued":100,"tokens_per_day":1000000}: what each user is limited to.',
  ),
};
