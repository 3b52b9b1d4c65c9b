import type {
  AdmittedRequest,
  ApprovalTarget,
  CallRecord,
  DecisionRecord,
  Failure,
  JobState,
  StepRecord,
  ScheduledJob,
  ScheduleState,
  StoredAgent,
  LimitScope,
  WebhookDelivery,
} from '@pawl/contracts';
import type { Commit, CommitAnswer, IdempotencyRecord } from './domain/commit.ts';
import type { Conversation } from './domain/conversation.ts';
import type { JobParts } from './domain/job.ts';
import type { ModelOutcome, ModelRequest } from './domain/model.ts';
import type { TaskChanges, Wake, Woken } from './domain/task.ts';
import type {
  Account,
  Lookup,
  LookupFailure,
  Tool,
  ToolInvocation,
  ToolOutcome,
} from './domain/tool.ts';
import type { Timer } from './domain/commit.ts';
import type { JobCounts, Owner, Spending, StoredLimits } from './domain/tenant.ts';
import type { DeliveryWrite, WebhookOutcome, WebhookRequestToSend } from './domain/webhook.ts';

/** What the engine needs of Redis. */
export interface Store extends DeliveryStore, ScheduleStore, LimitStore, AgentStore {
  readJob(id: string): Promise<JobState | undefined>;
  /**
   * The state that this process has committed last, where it is remembered: it saves a read. It may be old by now, and
   * then a commit from it is refused.
   */
  recallJob(id: string): JobState | undefined;
  readRequest(id: string): Promise<AdmittedRequest>;
  /** All that shows a job; undefined once it is erased. */
  readJobParts(id: string): Promise<JobParts | undefined>;
  readSteps(id: string): Promise<StepRecord[]>;
  readCall(id: string, turn: number, index: number): Promise<CallRecord>;
  /** The records of these calls, as far as there are any. */
  readCalls(
    id: string,
    places: readonly { readonly turn: number; readonly index: number }[],
  ): Promise<CallRecord[]>;
  readDecision(target: ApprovalTarget): Promise<DecisionRecord | undefined>;
  readConversation(id: string): Promise<Conversation | undefined>;
  /** The job of a conversation that has started last. */
  lastStartedJob(conversation: string): Promise<string | undefined>;
  /** Waiting jobs of this user whose account on this connection is not active. */
  jobsWaitingFor(account: Account): Promise<string[]>;
  /** Writes a commit and changes tasks, in one moment. */
  commit(commit: Commit, tasks?: TaskChanges): Promise<CommitAnswer>;
  readIdempotencyRecord(tenant: string, key: string): Promise<IdempotencyRecord | undefined>;
}

/** Wakes are hints (invariant 1): a lost one is made up for by the sweeper, a repeated one finds nothing to do. */
export interface TaskQueue extends TimerQueue {
  /** Adds tasks: those that may run now get a share, or wait for it. */
  wake(wakes: readonly Wake[]): Promise<Woken>;
  /**
   * Makes up for deaths: adds tasks again that have got a share before this time and were never added, and starts
   * parked ones whose turn it is. Answers how many there were.
   */
  sweepShares(shard: number, before: number): Promise<number>;
}

export interface ModelClient {
  /** Who answers for a model: all models of one provider share its rate limit. */
  providerOf(model: string): string;
  /** @param onText is told the reply's text in pieces as they come; it decides nothing */
  complete(
    request: ModelRequest,
    signal: AbortSignal,
    onText?: (text: string) => void,
  ): Promise<ModelOutcome>;
}

export interface ToolClient {
  /** Every connection that is configured; `undefined` where the answer can't be had now. */
  connections(): Promise<Lookup<readonly string[]>>;
  /** `fresh` passes the short cache by. Creates the account if it does not exist. */
  isAccountActive(account: Account, options: { fresh: boolean }): Promise<Lookup<boolean>>;
  /** All pages; cached for a short time per account. */
  listTools(account: Account): Promise<Lookup<readonly Tool[]>>;
  execute(invocation: ToolInvocation, signal: AbortSignal): Promise<ToolOutcome>;
  /** Forgets what is cached of an account, after it was refused or authorized. */
  forget(account: Account): void;
}

/** The gateway's part: sending a person to the consent page and checking who came back. */
export interface AccountAuthorizer {
  authorizationLink(
    account: Account,
    options: { state: string; verifyUrl: string },
  ): Promise<Lookup<{ url: string; expiresAt: number }>>;
  verify(
    account: Account,
    authRequestId: string,
  ): Promise<
    | { readonly kind: 'verified'; readonly redirectUrl?: string }
    | { readonly kind: 'refused'; readonly failure: Failure }
    | LookupFailure
  >;
}

/** What the engine needs of Redis for schedules. */
export interface ScheduleStore {
  readSchedule(id: string): Promise<ScheduleState | undefined>;
  readScheduledJob(id: string): Promise<ScheduledJob | undefined>;
  /** How many schedules a tenant has. */
  countSchedules(tenant: string): Promise<number>;
  /**
   * Since when the Redis that holds the shard has been in service without an outage, in milliseconds since 1970: `now`
   * for whoever asks first after a restart. 0 where none was ever noticed.
   */
  servingSince(shard: number, now: number): Promise<number>;
}

/** Timers are hints like wakes: the sweeper puts a missing one back, and a needless one finds nothing to do. */
export interface TimerQueue {
  /**
   * Replaces the schedule's timer; null takes it away.
   *
   * @param priority of timers that are due in the same moment the lowest comes first, 1 at least
   */
  setTimer(schedule: string, timer: Timer | null, priority?: number): Promise<void>;
  /** Compares a shard's timers with the schedules that need one. */
  compareTimers(
    shard: number,
  ): Promise<{ readonly missing: readonly string[]; readonly needless: readonly string[] }>;
}

/** What the engine needs of Redis for agents. */
interface AgentStore {
  /** The operator's of this name, else the tenant's. */
  readAgent(tenant: string, name: string): Promise<StoredAgent | undefined>;
}

/** What the engine needs of Redis for limits. A user belongs to one shard, a tenant may span all of them. */
export interface LimitStore {
  readLimits(shard: number, tenant: string): Promise<StoredLimits>;
  readSpending(owner: Owner, now: number): Promise<Record<LimitScope, Spending>>;
  /** `elsewhere`: the part of the tenant's counts that stands in other shards than the user's. */
  readJobCounts(
    owner: Owner,
    now: number,
  ): Promise<Record<LimitScope, JobCounts> & { readonly elsewhere: JobCounts }>;
  /** The oldest jobs that wait for a place of this user or its tenant, the oldest first. */
  parkedJobs(owner: Owner, most: number): Promise<string[]>;
}

/** What the engine needs of Redis to deliver. */
export interface DeliveryStore {
  readonly readDelivery: (id: string) => Promise<WebhookDelivery | undefined>;
  readDeliveryBody(id: string): Promise<string>;
  /** True: the delivery's endpoint has answered that it wants nothing any more. */
  isEndpointDisabled(delivery: WebhookDelivery): Promise<boolean>;
  /** False: the fence did not hold, and nothing was written. */
  commitDelivery(write: DeliveryWrite): Promise<boolean>;
}

/** Sends one signed POST. Never throws. */
export interface WebhookClient {
  send(request: WebhookRequestToSend, signal: AbortSignal): Promise<WebhookOutcome>;
}

/** The secrets that sign a tenant's webhooks now, the newest first. */
export interface WebhookSecrets {
  secretsOf(tenant: string, now: number): Promise<readonly string[]>;
}
