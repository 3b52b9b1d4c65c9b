import { type JobState, type JobStatus, type WebhookDeliveryStatus } from '@pawl/contracts';
import type { Conversation } from '@pawl/engine';
import type { RedisConnection } from '@pawl/runtime';
import { z } from 'zod';
import type { IndexSettings } from './indexes.ts';
import { isCounted } from './retention.ts';
import { loadScript, runScript } from './script.ts';

const holdScript = loadScript('hold-lease');
const oldestScript = loadScript('oldest-members');
const removeScript = loadScript('remove-unchanged');

const endedStatuses: readonly JobStatus[] = [
  'completed',
  'incomplete',
  'failed',
  'cancelled',
  'expired',
];
const settledStatuses: readonly WebhookDeliveryStatus[] = ['succeeded', 'dead'];

/** What is kept up to a number of each tenant. */
export type CountedKind = 'jobs' | 'conversations' | 'deliveries';

export interface OldestRequest {
  readonly tenant: string;
  readonly limit: number;
}

/** A tenant of which something has ended since it was counted. */
export interface UncountedTenant {
  readonly tenant: string;
  /** When the last of it has ended, in milliseconds since 1970. */
  readonly at: number;
}

interface RetentionDependencies {
  readonly redis: RedisConnection;
  readonly settings: IndexSettings;
  readonly shards: number;
  readonly readJob: (id: string) => Promise<JobState | undefined>;
  readonly readConversation: (id: string) => Promise<Conversation | undefined>;
}

/** What decides whether something that has ended is kept any longer. */
export function createRetentionReads(dependencies: RetentionDependencies) {
  const { redis, settings, shards } = dependencies;
  const { keys, retention } = settings;

  /** Since when nothing has happened in a conversation; undefined while something runs or waits in it. */
  async function idleSince(id: string): Promise<number | undefined> {
    const conversation = await dependencies.readConversation(id);
    if (conversation === undefined) return 0;
    const { active, line, holds } = conversation;
    if (active !== null || line.count > 0 || Object.keys(holds).length > 0) return undefined;
    const [newest] = await redis.zrange(keys.conversationJobs(id), '0', '0', 'REV');
    const job = newest === undefined ? undefined : await dependencies.readJob(newest);
    if (job === undefined) return 0;
    return job.phase.name === 'ended' ? job.phase.at : undefined;
  }

  function setsOf(kind: CountedKind, shard: number, tenant: string): string[] {
    switch (kind) {
      case 'jobs':
        return endedStatuses.map((status) => keys.jobsWithStatus(shard, tenant, status));
      case 'conversations':
        return [keys.conversationsOf(shard, tenant)];
      case 'deliveries':
        return settledStatuses.map((status) => keys.deliveriesWithStatus(shard, tenant, status));
    }
  }

  async function oldestIn(kind: CountedKind, shard: number, { tenant, limit }: OldestRequest) {
    const names = setsOf(kind, shard, tenant);
    const [total, ...rest] = z
      .tuple([z.int()], z.string())
      .parse(await runScript(redis, oldestScript, names, [limit]));
    const members = rest.flatMap((member, index) =>
      index % 2 === 0 ? [{ member, score: Number(rest[index + 1]) }] : [],
    );
    return { total, members };
  }

  return {
    retention,
    /** Some of a tenant is kept up to a number. */
    isCounted: isCounted(retention),
    idleSince,

    /** Who takes it erases what has ended in the shard, until it runs out; its owner renews it. Zero: taken. */
    async holdRetentionLease(shard: number, owner: string, milliseconds: number): Promise<number> {
      const names = [keys.retentionLease(shard)];
      return z.int().parse(await runScript(redis, holdScript, names, [owner, milliseconds]));
    },

    /** When an ended job has been kept for long enough, as things stand now. */
    async erasureTime({ conversation, phase }: JobState, now: number): Promise<number> {
      if (phase.name !== 'ended') return Infinity;
      const byAge = phase.at + retention.jobs.age;
      const age = retention.conversations?.age;
      if (age === undefined || byAge <= now) return byAge;
      const idle = await idleSince(conversation);
      return Math.min(byAge, (idle ?? now) + age);
    },

    /** Tenants of which something has ended, and nothing since `before`. */
    async uncountedTenants(
      shard: number,
      before: number,
      limit: number,
    ): Promise<UncountedTenant[]> {
      const key = keys.uncounted(shard);
      const found = await redis.zrangebyscore(key, '-inf', before, 'WITHSCORES', 'LIMIT', 0, limit);
      return found.flatMap((tenant, index) =>
        index % 2 === 0 ? [{ tenant, at: Number(found[index + 1]) }] : [],
      );
    },

    /** No more of the tenant is kept than may be, unless more has ended meanwhile. */
    async forgetUncounted(shard: number, { tenant, at }: UncountedTenant): Promise<void> {
      await runScript(redis, removeScript, [keys.uncounted(shard)], [tenant, at]);
    },

    /** More of the tenant is kept in the shard than may be. */
    async countAgain(shard: number, tenant: string): Promise<void> {
      await redis.zadd(keys.uncounted(shard), 0, tenant);
    },

    /** What a tenant has beyond the newest `kept` in all shards, oldest first, up to `limit`. */
    async beyondCount(
      kind: CountedKind,
      { kept, ...request }: OldestRequest & { readonly kept: number },
    ): Promise<string[]> {
      const found = await Promise.all(
        Array.from({ length: shards }, (_, shard) => oldestIn(kind, shard, request)),
      );
      const total = found.reduce((sum, each) => sum + each.total, 0);
      return found
        .flatMap(({ members }) => members)
        .toSorted((one, other) => one.score - other.score)
        .slice(0, Math.max(0, Math.min(total - kept, request.limit)))
        .map(({ member }) => member);
    },
  };
}
