import type {
  AdmittedRequest,
  ApprovalTarget,
  CallRecord,
  DecisionRecord,
  Failure,
  JobState,
  StepRecord,
  Task,
} from '@pawl/contracts';
import type { Commit, IdempotencyRecord } from './domain/commit.ts';
import type { Conversation } from './domain/conversation.ts';
import type { JobHistory, JobParts } from './domain/job.ts';
import type { ModelOutcome, ModelRequest } from './domain/model.ts';
import type { Share, Wake, Woken } from './domain/task.ts';
import type {
  Account,
  Lookup,
  LookupFailure,
  Tool,
  ToolInvocation,
  ToolOutcome,
} from './domain/tool.ts';
import type { AgentStore } from './agent-ports.ts';
import type { LimitStore } from './limit-ports.ts';
import type { ScheduleStore, TimerQueue } from './schedule-ports.ts';
import type { DeliveryStore } from './webhook-ports.ts';

/** What the engine needs of Redis. */
export interface Store extends DeliveryStore, ScheduleStore, LimitStore, AgentStore {
  readJob(id: string): Promise<JobState | undefined>;
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
  /** False: some fence or bound did not hold, and nothing was written. */
  commit(commit: Commit): Promise<boolean>;
  readIdempotencyRecord(tenant: string, key: string): Promise<IdempotencyRecord | undefined>;
  /** What a job adds to its conversation; undefined once it is erased. */
  readHistory(id: string): Promise<JobHistory | undefined>;
}

/** Wakes are hints (invariant 1): a lost one is healed by the sweeper, a repeated one finds nothing to do. */
export interface TaskQueue extends TimerQueue {
  /**
   * @param ending the share of the task that ends with this, and tasks that are not wanted any more, should they be
   *   parked
   */
  wake(
    wakes: readonly Wake[],
    ending?: { readonly share?: Share | undefined; readonly over?: readonly Task[] },
  ): Promise<Woken>;
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
