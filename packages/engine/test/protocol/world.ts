import type { JobState, JobTask, StepRecord, ToolEffect } from '@pawl/contracts';
import type { Conversation } from '../../src/domain/conversation.ts';
import type {
  Capacity,
  LookupVerdict,
  ModelReply,
  SharePool,
  ToolOutcome,
} from '../../src/index.ts';

/** A worker that has learnt what its step comes to, and has told nobody yet. */
export type Learnt =
  | {
      readonly at: 'has reply';
      readonly task: JobTask;
      readonly epoch: number;
      readonly turn: number;
    }
  | {
      readonly at: 'has outcome';
      readonly task: JobTask;
      readonly epoch: number;
      readonly outcome: ToolOutcome;
    };

/** Where a worker stands with the task that it holds: every step of it may be its last. */
export type WorkerState =
  | { readonly at: 'idle' }
  | { readonly at: 'holds'; readonly task: JobTask }
  | {
      readonly at: 'claimed turn';
      readonly task: JobTask;
      readonly epoch: number;
      readonly turn: number;
    }
  | { readonly at: 'claimed call'; readonly task: JobTask; readonly epoch: number }
  | Learnt
  /** It holds the task of the step that its commit will make ready, too. */
  | {
      readonly at: 'has taken the next';
      readonly task: JobTask;
      readonly next: JobTask;
      readonly learnt: Learnt;
    }
  /** It has committed, and goes on with the next task; the one before is still to be ended. */
  | {
      readonly at: 'goes on';
      readonly task: JobTask;
      readonly next: JobTask;
      readonly state: WorkerState;
    }
  /** It has counted the look, and has not looked yet. */
  | { readonly at: 'looks'; readonly task: JobTask }
  /** It has seen what had happened by then. */
  | {
      readonly at: 'has seen';
      readonly task: JobTask;
      readonly verdict: LookupVerdict;
    }
  /** Committed; what it would wake was derived from the commit. */
  | { readonly at: 'wakes'; readonly task: JobTask; readonly wakes: readonly JobTask[] }
  /** The script has given shares to these, which the queue does not have yet. */
  | { readonly at: 'adds'; readonly task: JobTask; readonly granted: readonly JobTask[] };

/** Everything that the protocol knows, and what really happened outside. */
export interface World {
  readonly job: JobState;
  readonly steps: Readonly<Record<string, StepRecord>>;
  /** JobTask id → waiting, or held by that worker. */
  readonly queue: Readonly<
    Record<string, { readonly task: JobTask; readonly holder: number | null }>
  >;
  /** Which tasks hold a share of the slots, and which wait for one. */
  readonly shares: Readonly<Record<JobTask['kind'], SharePool>>;
  readonly workers: readonly WorkerState[];
  /** How often each tool call's effect has really happened, by turn and index. */
  readonly effects: Readonly<Record<string, number>>;
  /** How often the model was asked for each turn. */
  readonly asked: Readonly<Record<string, number>>;
  /** Where the job has its place: once it has none, another job may have started. */
  readonly conversation: Conversation;
  readonly crashesLeft: number;
  readonly lostLocksLeft: number;
  readonly cancelsLeft: number;
  readonly decisionsLeft: number;
  readonly expiriesLeft: number;
  readonly retriesLeft: number;
  readonly refusalsLeft: number;
  /** How often tools may tell the result of a call that they have accepted. */
  readonly resultsLeft: number;
}

/** A step that the world can take. */
export interface Move {
  readonly name: string;
  readonly world: World;
}

/** The world's time stands still: what waits may go on at once. */
export const now = 0;

/** Shorter than any deadline. */
export const toolTimeout = 0.5;

/** What may come of a call instead of its success, with its effect or without; each costs one crash. */
export type Mishap = 'lost' | 'failed' | 'not_executed' | 'fatal' | 'accepted';

export interface Scenario {
  readonly workers: number;
  /** Of each kind of task; absent: enough for everybody, and no shares are kept. */
  readonly slots?: Capacity;
  /** The tool calls that each turn's reply asks for; the turn after the last one answers. */
  readonly turns: readonly (readonly ToolEffect[])[];
  /** The turns whose reply is cut off in the middle of its calls: none of these may be made. */
  readonly cutOff?: readonly number[];
  readonly crashes: number;
  readonly mishaps: readonly Mishap[];
  /** How often a call may be tried. */
  readonly callAttempts: number;
  readonly lostLocks: number;
  /** What may befall a worker; `crashes` are for mishaps, too. */
  readonly accidents: 'anything at any time' | 'lost locks in tool calls';
  readonly cancels: number;
  /** How often the deadline may pass, and a person may then retry the job. */
  readonly expiries?: number;
  /** How often a claimed turn may not ask the model: its provider is paused, or a budget is used up; or the job has no place to start. */
  readonly refusals?: number;
  /** How often tools tell the result of what they have accepted. */
  readonly results?: number;
  /** Writing calls are looked up; what is not seen once a call has ended was not done, or a person is asked. */
  readonly check?: 'absent means not done' | 'a person is asked';
  /** Workers may go on with the step that their commit makes ready. */
  readonly goesOn?: boolean;
  /** Every call waits for a person's word. */
  readonly approve?: boolean;
  readonly policy: JobState['onUnknownOutcome'];
}

/** The same reply each time, as call ids must be reused after a retry. */
export function replyOf(scenario: Scenario, turn: number): ModelReply {
  const calls = scenario.turns[turn] ?? [];
  return {
    message:
      calls.length === 0
        ? { role: 'assistant', content: 'done' }
        : {
            role: 'assistant',
            content: null,
            tool_calls: calls.map((effect, index) => ({
              id: `call-${turn}-${index}`,
              type: 'function',
              function: { name: `tool_${effect}`, arguments: '{}' },
            })),
          },
    finishReason: scenario.cutOff?.includes(turn) === true ? 'length' : 'stop',
    model: 'model',
    inputTokens: 1,
    outputTokens: 1,
    costUsd: 0,
  };
}

/** What a worker has learnt and not told yet. */
export function learntBy(worker: WorkerState | undefined): Learnt | undefined {
  switch (worker?.at) {
    case 'has reply':
    case 'has outcome':
      return worker;
    case 'has taken the next':
      return worker.learnt;
    default:
      return undefined;
  }
}

/** The claim that a worker is at. */
export function epochOf(worker: WorkerState): number | undefined {
  if (worker.at === 'goes on') return epochOf(worker.state);
  return 'epoch' in worker ? worker.epoch : learntBy(worker)?.epoch;
}

/** A step of the worker that takes it. */
export type Go = (name: string, next: World, state: WorkerState) => Move;
