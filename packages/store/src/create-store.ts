import {
  type OperatorLimits,
  type ScheduleState,
  shardOfId,
  type TenantLimits,
  type WebhookDelivery,
} from '@pawl/contracts';
import {
  type Commit,
  type CommitAnswer,
  deliveryStatus,
  type Store,
  type TaskChanges,
} from '@pawl/engine';
import type { Durability, RedisConnection } from '@pawl/runtime';
import { createAccountLinks } from './account-links.ts';
import { createAgents } from './agents.ts';
import { createArchiveProblem } from './archive-problem.ts';
import { createApiKeys } from './api-keys.ts';
import { createChangeFeed, waitForChange, type WaitOptions } from './changes.ts';
import { commitBatch, type CommitSettings } from './commit.ts';
import { createConversationReads } from './conversations.ts';
import { createDeliveries, type DeliveryFilter, listDeliveries } from './deliveries.ts';
import { createIdempotency } from './idempotency.ts';
import { createDeltas } from './deltas.ts';
import { createEventLogs } from './event-logs.ts';
import { createErasing } from './erase-jobs.ts';
import { createReads } from './jobs.ts';
import { joinReads } from './joined-reads.ts';
import { createKeys } from './keys.ts';
import { createJobCounts, createLimits } from './limits.ts';
import { createJobNumbers } from './job-counts.ts';
import { type ApprovalFilter, listApprovals } from './list-approvals.ts';
import { type ConversationFilter, listConversations } from './list-conversations.ts';
import { type JobFilter, listJobs } from './list-jobs.ts';
import { createOAuthStates } from './oauth-states.ts';
import { createWorkerRegister, ensureShardCount, shardFor } from './processes.ts';
import { createProviderPauses } from './provider-pauses.ts';
import {
  countSchedules,
  createSchedules,
  createScheduleSweeping,
  listSchedules,
  scheduleOfAgent,
  type ScheduleFilter,
} from './schedules.ts';
import { createQuarantine } from './quarantine.ts';
import { createRecentJobs } from './recent-jobs.ts';
import { ensureRecordFormat } from './record-format.ts';
import type { EventRetention, Retention } from './retention.ts';
import { createRetentionReads } from './retention-reads.ts';
import { loadScript, runScript } from './script.ts';
import { createReplicaWait, mustLast } from './replication.ts';
import { createSessions } from './sessions.ts';
import { createStorageCheck } from './storage-check.ts';
import { createDeliverySweeping, createSweeping } from './sweeping.ts';
import { createTriggers } from './triggers.ts';
import { createUsage } from './usage.ts';
import { createReplyWatch } from './watched-replies.ts';
import { createWorkerConnections } from './worker-connections.ts';
import type { TaskWords, WriteBatch } from './write-batch.ts';

export interface StoreSettings {
  readonly redis: RedisConnection;
  /** A connection of its own, since a subscribed one takes no other commands. */
  readonly subscriber: RedisConnection;
  readonly shards: number;
  /** The first part of every key's hash tag: tests bring their own. */
  readonly name?: string;
  /** What is kept of what has ended. */
  readonly retention: Retention;
  /** With `durable`, commits that must not be lost are waited for until a replica has them. Default: `standard`. */
  readonly durability?: Durability;
  /** How much is kept of what happened to a tenant's jobs. Default: 10,000 commits and a day, in each shard. */
  readonly events?: EventRetention;
  /** Absent: commits change no tasks. */
  readonly tasks?: TaskScript;
  /** Jobs whose states are remembered after their commits: see `RecentJobs`. Default: 1,000. */
  readonly remembered?: number;
}

/** How tasks are changed in the same run of a script as a commit. */
export interface TaskScript {
  /** Defines `change_tasks`: see commit.lua. */
  readonly lua: string;
  /** Undefined: nothing changes. */
  wordsOf(changes: TaskChanges): TaskWords | undefined;
}

/** Everything that Pawl keeps in Redis, but for BullMQ's own keys. */
export function createStore({
  redis,
  subscriber,
  shards,
  name = 'pawl',
  retention,
  events,
  durability = 'standard',
  remembered,
  tasks: taskScript,
}: StoreSettings) {
  const commitScript = loadScript('commit', taskScript?.lua);
  const keys = createKeys(name);
  const recent = createRecentJobs(remembered);
  const settings: CommitSettings = { keys, retention, events, recent };
  const joined = joinReads(redis);
  const reads = createReads(redis, joined, keys);
  const conversations = createConversationReads(redis, joined, keys);
  const feed = createChangeFeed(subscriber);
  const deltas = createDeltas(redis, joined, keys);
  const shardOf = (owner: { tenant: string; user: string }) => shardFor(owner, shards);

  async function runWithTasks(
    batch: WriteBatch,
    tasks: TaskChanges | undefined,
  ): Promise<CommitAnswer> {
    const { keys: names, values } = batch.build(tasks && taskScript?.wordsOf(tasks));
    // What was asked for before is read before.
    joined.flush();
    const answer = await runScript(redis, commitScript, names, values);
    if (answer === 2) return { kind: 'not_started' };
    if (answer === 0) return { kind: 'refused' };
    tasks?.ending?.onCompleted?.(Array.isArray(answer) ? answer : undefined);
    if (typeof answer === 'string') return { kind: 'written', lostWake: new Error(answer) };
    return { kind: 'written' };
  }

  async function run(batch: WriteBatch): Promise<boolean> {
    return (await runWithTasks(batch, undefined)).kind === 'written';
  }

  const untilReplicated = createReplicaWait(redis);

  const deliveries = createDeliveries({ redis, settings, run });

  const schedules = createSchedules(redis, keys);

  const limits = createLimits(redis, joined, keys);
  const jobCounts = createJobCounts({ redis, joined, keys, shards, shardOf });
  const usage = createUsage({ redis, keys, shards, shardOf });

  const agents = createAgents({ redis, keys, run });

  /** Of commits that were not answered, not even by a replica, say: one that is tried again finds its own id. */
  const unanswered = new WeakMap<Commit, WriteBatch>();

  const enginePort: Store = {
    readAgent: agents.readAgent,
    ...reads,
    ...conversations,
    ...deliveries,
    ...schedules,
    countSchedules: (tenant) => countSchedules({ redis, keys, shards }, tenant),
    ...createIdempotency(redis, keys, shards),
    readLimits: limits.readLimits,
    ...jobCounts,
    readSpending: usage.readSpending,
    recallJob: recent.recall,
    async commit(commit: Commit, tasks?: TaskChanges) {
      const batch = unanswered.get(commit) ?? commitBatch(commit, settings);
      if (tasks !== undefined && taskScript === undefined) {
        throw new Error('this store was made without a script that changes tasks');
      }
      try {
        const answer = await runWithTasks(batch, tasks);
        const [first] = commit.jobs;
        if (first !== undefined) {
          if (answer.kind === 'written') recent.remember(first.after, batch.commitId);
          else if (answer.kind === 'refused') recent.forget(first.after.id);
        }
        if (answer.kind === 'written' && durability === 'durable' && mustLast(commit)) {
          await untilReplicated();
        }
        return answer;
      } catch (error) {
        // Not of every commit: of a WeakMap, Node.js 20 keeps the values until it collects all garbage.
        unanswered.set(commit, batch);
        throw error;
      }
    },
    async jobsWaitingFor({ tenant, user, connection }) {
      const key = keys.waitingFor(shardOf({ tenant, user }), tenant, user, connection);
      return redis.zrange(key, '0', '-1');
    },
  };

  /** Throws where this Redis was started with another number of shards, or needs a newer version of Pawl. */
  async function checkCompatibility(): Promise<void> {
    await ensureShardCount(redis, keys, shards);
    await ensureRecordFormat(redis, keys);
  }

  async function jobDeliveries(job: string): Promise<WebhookDelivery[]> {
    const ids = await redis.zrange(keys.deliveriesOfJob(job), '0', '-1');
    const found = await Promise.all(ids.map((id) => deliveries.readDelivery(id)));
    return found.filter((delivery) => delivery !== undefined);
  }

  return {
    ...enginePort,
    ...reads,
    ...conversations,
    ...createSweeping(redis, keys, shards),
    ...createDeliverySweeping({ redis, settings, run, readDelivery: deliveries.readDelivery }),
    ...createScheduleSweeping(redis, keys),
    ...createWorkerRegister(redis, keys),
    ...createWorkerConnections({ redis, keys, feed }),
    ...agents,
    ...createApiKeys(redis, keys),
    ...createSessions(redis, keys),
    ...createOAuthStates(redis, keys),
    ...createAccountLinks(redis, keys),
    ...createTriggers({ redis, settings, shards, run }),
    writeOwnLimits: (tenant: string, own: TenantLimits) =>
      limits.writeOwnLimits({ tenant, shards }, own),
    writeOperatorLimits: (tenant: string, operator: OperatorLimits) =>
      limits.writeOperatorLimits({ tenant, shards }, operator),
    listUsage: usage.listUsage,
    ...createArchiveProblem(redis, keys),
    ...createProviderPauses(redis, keys, feed),
    ...deltas,
    ...createReplyWatch({
      keys,
      feed,
      readJob: reads.readJob,
      readTextSoFar: deltas.readTextSoFar,
    }),
    ...createEventLogs({ redis, keys, feed }),
    ...createQuarantine(redis, keys, shards),
    ...createJobNumbers(redis, keys, shards),
    shards,
    shardOf,
    checkCompatibility,
    ...createStorageCheck({ redis, keys, shards, onEmptied: checkCompatibility }),
    /** False for ids of shards that do not exist: they can't be anybody's. */
    knowsShardOf: (id: string) => shardOfId(id) < shards,
    listJobs: (filter: JobFilter) =>
      listJobs({ redis, keys, shards, shardOf, readJobParts: reads.readJobParts }, filter),
    listConversations: (filter: ConversationFilter) =>
      listConversations({ redis, keys, shards, shardOf, ...conversations }, filter),
    listSchedules: <Shown>(
      filter: ScheduleFilter,
      show: (schedule: ScheduleState) => Promise<Shown | undefined>,
    ) => listSchedules({ redis, keys, shards, shardOf, ...schedules }, filter, show),
    scheduleOfAgent: (tenant: string, agent: string) =>
      scheduleOfAgent({ redis, keys, shards }, tenant, agent),
    listApprovals: (page: ApprovalFilter) => listApprovals({ redis, keys, shards, ...reads }, page),
    listDeliveries: (filter: DeliveryFilter) =>
      listDeliveries({ redis, keys, shards, readDelivery: deliveries.readDelivery }, filter),
    /** True: a job's webhook is still on its way. */
    hasPendingDeliveries: async (job: string) =>
      (await jobDeliveries(job)).some((delivery) => deliveryStatus(delivery) === 'pending'),
    waitForChange: (jobId: string, options: WaitOptions) =>
      waitForChange({ feed, keys, readJobParts: reads.readJobParts }, jobId, options),
    /** Calls the listener with every stop that is published; see `stopName`. */
    listenToStops: (listener: (stop: string) => void) => feed.listen(keys.stops(), listener),
    ...createRetentionReads({
      redis,
      settings,
      shards,
      readJob: reads.readJob,
      readConversation: conversations.readConversation,
    }),
    ...createErasing({
      redis,
      settings,
      run,
      readJob: reads.readJob,
      readRequest: reads.readRequest,
      readConversation: conversations.readConversation,
      jobDeliveries,
    }),
  };
}

export type PawlStore = ReturnType<typeof createStore>;
