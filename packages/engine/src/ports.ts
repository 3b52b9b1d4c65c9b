import type { Conversation } from './decisions/conversation.ts';
import type { JobHistory } from './decisions/history.ts';
import type { ShareOwner } from './decisions/share-pool.ts';
import type { AdmissionBounds, LimitStore } from './limit-ports.ts';
import type { JobParts } from './present/present-job.ts';
import type { ScheduleStore, ScheduleWrite, TimerQueue } from './schedule-ports.ts';
import type { DeliveryStore, NewDelivery } from './webhook-ports.ts';
import type {
  AdmittedRequest,
  ApprovalTarget,
  CallRecord,
  DecisionRecord,
  Failure,
  JobEvent,
  JobState,
  Json,
  JsonObject,
  LateOutcome,
  StepRecord,
  Task,
  ToolEffect,
} from '@pawl/contracts';

/** The final answer of a job: kept when it completes, partial when a limit stopped it. */
export interface JobResult {
  readonly text: string;
  readonly json?: Json;
}

/** One job's part of a commit. `before` fences it: null means that the job must not exist yet. */
export interface JobWrite {
  readonly before: JobState | null;
  readonly after: JobState;
  readonly events: readonly JobEvent[];
  readonly steps: readonly StepRecord[];
  readonly request?: AdmittedRequest;
  readonly result?: JobResult;
  /** The model whose call this commit reports: what it adds to `usage` was spent on it. */
  readonly model?: string;
}

export interface ConversationWrite {
  readonly before: Conversation | null;
  readonly after: Conversation;
}

/** What a call of an ended job has learnt, if anything: kept beside the job, which is a fence and stays as it is. */
export interface LateWrite {
  readonly job: JobState;
  readonly outcome?: LateOutcome;
}

/** What a client's Idempotency-Key has made. */
export interface IdempotencyRecord {
  /** Of the request's body, whatever the order of its keys. */
  readonly bodyHash: string;
  /** The id of the job or schedule. */
  readonly made: string;
  /** What a commit under this key has to find: see {@link IdempotencyWrite}. */
  readonly replaces: string | null;
}

/**
 * The key under which a client asked for what a commit makes. It is written by that commit and by nothing else, so a
 * request that is refused, or whose gateway dies, does not use it up.
 */
export interface IdempotencyWrite extends IdempotencyRecord {
  readonly tenant: string;
  readonly key: string;
  /** Fences the commit: what the key has made before and is gone by now; null: nothing. */
  readonly replaces: string | null;
}

/** All of it is written, or none of it (invariant 2). Every part lives in one shard. */
export interface Commit {
  readonly jobs: readonly JobWrite[];
  readonly conversation?: ConversationWrite;
  readonly late?: LateWrite;
  /** With the commit that admits a job, or starts it, where limits are in force. */
  readonly admission?: AdmissionBounds | undefined;
  /**
   * Webhooks that this commit brings. Those of jobs are added by `commitAndWake`; see `tenantDeliveries` for others.
   */
  readonly deliveries?: readonly NewDelivery[];
  /** Those that follow from jobs which end are added by `commitAndWake`. */
  readonly schedules?: readonly ScheduleWrite[];
  readonly idempotency?: IdempotencyWrite | undefined;
  readonly at: number;
}

/** What the engine needs of Redis. */
export interface Store extends DeliveryStore, ScheduleStore, LimitStore {
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

/** A task, the time before which it must not run, and whose share of the slots it takes. */
export interface Wake<Wanted extends Task = Task> {
  readonly task: Wanted;
  readonly at: number;
  readonly priority: number;
  readonly owner: ShareOwner;
}

/** The share of a task that runs: it is given back when the task ends, or with the wakes that it ends with. */
export interface Share {
  readonly task: Task;
  isHeld: boolean;
}

export interface Woken {
  /** The tasks that wait until their owner gets a share: nobody needs to wake them again. */
  readonly parked: readonly Task[];
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

export interface Account {
  readonly tenant: string;
  readonly user: string;
  readonly connection: string;
}

export interface ModelRequest {
  readonly model: string;
  readonly messages: readonly JsonObject[];
  readonly tools: readonly OfferedTool[];
  readonly options: JsonObject;
  readonly responseFormat?: JsonObject;
  /** Output tokens that are left of the job's limit. */
  readonly outputCap?: number;
  readonly jobId: string;
}

export interface ModelReply {
  /**
   * The assistant message as it came, unknown fields included. Only what can't be read in one way was put right:
   * `content` is text or null, and `tool_calls`, where there are any, are complete and have ids of their own.
   */
  readonly message: JsonObject;
  readonly finishReason: string;
  readonly model: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number;
}

/** What a reply has cost, and of which model it was. */
export type ReplyUsage = Pick<ModelReply, 'model' | 'inputTokens' | 'outputTokens' | 'costUsd'>;

/** What a failed model call means for the job, and what was paid for it. */
export type ModelFailure =
  /** May heal by itself: asked again after a wait. */
  (
    | {
        readonly kind: 'transient';
        readonly failure: Failure;
        readonly retryAfter?: number;
        /** The provider asks everybody to wait, and not this request alone. */
        readonly pausesProvider?: boolean;
      }
    /** A reply that cannot be used: asked once more, since the same nonsense twice will not change. */
    | { readonly kind: 'unusable'; readonly failure: Failure }
    | { readonly kind: 'quota'; readonly failure: Failure; readonly resetAt?: number }
    /** The request is too long for the model. `fits`: the part of it that would not be, between 0 and 1, if known. */
    | { readonly kind: 'context_length'; readonly failure: Failure; readonly fits?: number }
    /** This model will not do this, another one might. */
    | { readonly kind: 'other_model'; readonly failure: Failure }
    /** No model of this endpoint will. */
    | { readonly kind: 'fatal'; readonly failure: Failure }
  ) & { readonly usage?: ReplyUsage };

export type ModelOutcome =
  | { readonly kind: 'reply'; readonly reply: ModelReply }
  | ModelFailure
  | { readonly kind: 'aborted' };

export interface ModelClient {
  /** Who answers for a model: all models of one provider share its rate limit. */
  providerOf(model: string): string;
  complete(request: ModelRequest, signal: AbortSignal): Promise<ModelOutcome>;
}

export interface Tool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: JsonObject;
  readonly connection: string;
  /** What the tool's own metadata says of its effect, if it says anything. */
  readonly declaredEffect?: ToolEffect;
}

/** A tool under the name that the model sees: unlike `tool.name`, unique among all connections of a job. */
export interface OfferedTool {
  readonly name: string;
  readonly tool: Tool;
}

export type ToolOutcome =
  | { readonly kind: 'succeeded'; readonly output: Json }
  /** The tool answered that it failed: the model is told. */
  | { readonly kind: 'failed'; readonly failure: Failure }
  /** Provably nothing happened: the same call may be made again, writes too. */
  | { readonly kind: 'not_executed'; readonly failure: Failure; readonly retryAfter?: number }
  | { readonly kind: 'account_inactive'; readonly failure: Failure }
  /** The answer was lost: it may have happened. */
  | { readonly kind: 'unknown'; readonly failure: Failure }
  /** No repetition can heal it: wrong credentials, say. */
  | { readonly kind: 'fatal'; readonly failure: Failure };

export interface ToolInvocation extends Account {
  readonly tool: string;
  readonly arguments: JsonObject;
  readonly effect: ToolEffect;
  readonly jobId: string;
}

/** A failed look-up at Scalekit, in terms of the job. */
export type LookupFailure =
  | { readonly kind: 'transient'; readonly failure: Failure; readonly retryAfter?: number }
  | { readonly kind: 'fatal'; readonly failure: Failure };

export type Lookup<Value> = { readonly kind: 'found'; readonly value: Value } | LookupFailure;

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
