import type {
  Blocked,
  CallStep,
  Failure,
  JobState,
  Lookup,
  Ready,
  Running,
  ToolCall,
  TurnStep,
} from '@pawl/contracts';
import { type Transition, end } from '../commit/next-state.ts';
import type { Rules, TransitionContext } from '../domain/rules.ts';

/** A step that nobody has claimed yet, runnable since the commit `sequence`. */
export function freshStep(sequence: number, at: number): Ready {
  return {
    status: 'ready',
    since: sequence,
    epoch: 0,
    attempts: 0,
    crashes: 0,
    notBefore: at,
  };
}

type Claimable = Pick<Ready, 'since' | 'epoch' | 'attempts' | 'crashes' | 'pauses'>;

/** What a step keeps when its status changes: the counters, and fields that a newer version has added. */
function claimableOf(step: Claimable): Claimable {
  const {
    status: _status,
    notBefore: _notBefore,
    lastFailure: _lastFailure,
    placeOf: _placeOf,
    startedAt: _startedAt,
    accepted: _accepted,
    connection: _connection,
    link: _link,
    blockedAt: _blockedAt,
    checkAt: _checkAt,
    reason: _reason,
    at: _at,
    until: _until,
    lookup: _lookup,
    ...kept
  } = step as Claimable & Record<string, unknown>;
  return kept;
}

/**
 * The claim's epoch is the sequence of its commit: greater than that of every claim before it, of this step or another,
 * so that whoever claimed before can't commit any more (invariant 2).
 */
export function claimed(
  step: Ready | Running,
  { sequence, at }: { sequence: number; at: number },
): Running {
  return {
    status: 'running',
    ...claimableOf(step),
    epoch: sequence,
    crashes: step.crashes + (step.status === 'running' ? 1 : 0),
    startedAt: at,
    ...(step.lastFailure === undefined ? {} : { lastFailure: step.lastFailure }),
  };
}

/** How often a step was tried, as people are told: claims that ended without a word, failures, and refusals by a pause. */
export function triesOf({ attempts, crashes, pauses = 0 }: Claimable): number {
  return attempts + crashes + pauses;
}

/** Runnable again at `notBefore`, under a new task id, since the old one may still be active. */
export function readyAgain(
  step: Claimable,
  next: {
    sequence: number;
    notBefore: number;
    attempts?: number;
    pauses?: number;
    failure?: Failure;
  },
): Ready {
  return {
    status: 'ready',
    ...claimableOf(step),
    since: next.sequence,
    attempts: next.attempts ?? step.attempts,
    notBefore: next.notBefore,
    ...(next.pauses === undefined ? {} : { pauses: next.pauses }),
    ...(next.failure === undefined ? {} : { lastFailure: next.failure }),
  };
}

export function blockedOn(
  step: Claimable,
  next: { sequence: number; connection: string; link: string; at: number; checkAt: number },
): Blocked {
  return {
    status: 'blocked',
    ...claimableOf(step),
    since: next.sequence,
    connection: next.connection,
    link: next.link,
    blockedAt: next.at,
    checkAt: next.checkAt,
  };
}

/** A person has to say whether the call is made. `within`: how long one waits, in milliseconds. */
export function awaitingApproval(
  step: Claimable,
  { sequence, at, within }: { sequence: number; at: number; within: number | undefined },
): CallStep {
  return {
    status: 'awaiting_approval',
    ...claimableOf(step),
    since: sequence,
    at,
    ...(within === undefined ? {} : { until: at + within }),
  };
}

/** Nobody knows what came of the call. `lookup`: a worker looks before a person is asked. */
export function unknownStep(
  step: Claimable,
  { reason, at, lookup }: { reason: string; at: number; lookup?: Lookup | undefined },
): CallStep {
  return {
    status: 'unknown',
    ...claimableOf(step),
    reason,
    at,
    ...(lookup === undefined ? {} : { lookup }),
  };
}

export function settledStep(
  step: { readonly epoch: number },
  outcome: 'succeeded' | 'failed' | 'refused' | 'unknown',
): CallStep {
  return { status: 'settled', epoch: step.epoch, outcome };
}

/** The calls, with the one at `index` replaced. */
export function replaceCall(
  calls: readonly ToolCall[],
  { index, call }: { readonly index: number; readonly call: ToolCall },
): ToolCall[] {
  return calls.map((known, position) => (position === index ? call : known));
}

/**
 * How long to wait after the `attempts`-th failure, in milliseconds: exponential, with full upper-half jitter, never
 * under what the other side asked for.
 *
 * @param random a number from 0 (inclusive) to 1 (exclusive)
 */
export function backOff(
  rules: Rules,
  { attempts, retryAfter = 0, random }: { attempts: number; retryAfter?: number; random: number },
): number {
  const exponential = Math.min(rules.backOffCap, rules.backOffBase * 2 ** (attempts - 1));
  return Math.max(retryAfter, Math.round(exponential * (0.5 + random / 2)));
}

/** Fails the job: one of its steps was started `crashLimit` times and never reported, so it may be what kills workers. */
export function quarantine(
  job: JobState,
  { step }: { step: string },
  { now, rules }: Pick<TransitionContext, 'now' | 'rules'>,
): Transition {
  const message =
    `${step} was started ${rules.crashLimit} times and never reported an outcome: ` +
    'its worker died or was cut off each time. Look at the workers, then retry the job.';
  return end(
    job,
    { status: 'failed', failure: { code: 'step_set_aside', message, retryable: true } },
    now,
  );
}

/**
 * True when this step has lost its workers so often that it is quarantined if it loses one more. Whoever takes such a
 * step takes no other such step beside it: else a step that kills its worker would have those quarantined that were
 * only there each time.
 *
 * @param index of the tool call; absent for the turn
 */
export function isOneCrashFromLimit(
  { phase }: JobState,
  index: number | undefined,
  rules: Rules,
): boolean {
  if (phase.name === 'turn' && index === undefined) return isLast(phase.step, rules);
  if (phase.name !== 'calls' || index === undefined) return false;
  const call = phase.calls[index];
  return call !== undefined && isLast(call.step, rules);
}

/** What is known of a job before one of its steps is claimed. */
export interface GuardedState {
  /** The state that is known; undefined: it has to be read. */
  readonly known?: JobState | undefined;
  /** That the step is not to be claimed from this state now. */
  putOff(job: JobState): { readonly kind: 'early'; readonly at: number } | undefined;
}

/** For steps that may be claimed from any state. */
export const unguarded: GuardedState = { putOff: () => undefined };

function isLast(step: TurnStep | CallStep, { crashLimit }: Rules): boolean {
  if (step.status !== 'ready' && step.status !== 'running') return false;
  const crashes = step.crashes + (step.status === 'running' ? 1 : 0);
  return crashes > 0 && crashes === crashLimit - 1;
}
