import type { Blocked, CallStep, Failure, Ready, Running, ToolCall } from '@pawl/contracts';

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

function claimableOf({ since, epoch, attempts, crashes, pauses }: Claimable): Claimable {
  return { since, epoch, attempts, crashes, ...(pauses === undefined ? {} : { pauses }) };
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
    ...claimableOf(step),
    status: 'running',
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
    ...claimableOf(step),
    status: 'ready',
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
    ...claimableOf(step),
    status: 'blocked',
    since: next.sequence,
    connection: next.connection,
    link: next.link,
    blockedAt: next.at,
    checkAt: next.checkAt,
  };
}

export function unknownStep(
  step: Claimable,
  { reason, at }: { reason: string; at: number },
): CallStep {
  return { ...claimableOf(step), status: 'unknown', reason, at };
}

export function settledStep(
  step: { readonly epoch: number },
  outcome: 'succeeded' | 'failed' | 'refused' | 'unknown',
): CallStep {
  return { status: 'settled', epoch: step.epoch, outcome };
}

/** The calls, with one of them as it is now. */
export function replaceCall(
  calls: readonly ToolCall[],
  { index, call }: { readonly index: number; readonly call: ToolCall },
): ToolCall[] {
  return calls.map((known, position) => (position === index ? call : known));
}
