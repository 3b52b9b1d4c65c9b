import type { Json, JobState, Lookup, ToolCall } from '@pawl/contracts';
import {
  type Committed,
  type CommitOrNothing,
  end,
  type Nothing,
  nextState,
  nothing,
  type Transition,
} from '../commit/next-state.ts';
import { isIn, type JobIn } from '../domain/job.ts';
import type { TransitionContext } from '../domain/rules.ts';
import { type CallIn, isCallIn, type PlacedCall } from '../domain/tool.ts';
import { backOff, readyAgain, replaceCall, unknownStep } from '../job/steps.ts';
import { afterCall, outcomeRecord, outcomeUnknown, settleCall } from './settle.ts';

/** Somebody looks whether the call happened. Looking changes nothing, so it may be done twice, and by two at once. */
export interface LookupClaim extends Committed<'looking'> {
  readonly call: ToolCall;
  readonly lookup: Lookup;
}

type ClaimedLookup =
  | LookupClaim
  | Committed<'settled'>
  | { readonly kind: 'early'; readonly at: number }
  | Nothing;

/** Counts the look before it is made, so that one that takes its workers down ends after some of them. */
export function claimLookup(
  job: JobIn<'calls'>,
  placed: CallIn<'unknown'>,
  { since }: { readonly since: number },
  { now, rules }: Pick<TransitionContext, 'now' | 'rules'>,
): ClaimedLookup {
  const { step } = placed.call;
  const { lookup } = step;
  if (lookup === undefined || lookup.since !== since) return nothing('a person is asked');
  if (now >= job.expiresAt)
    return { kind: 'settled', transition: end(job, { status: 'expired' }, now) };
  if (lookup.notBefore > now) return { kind: 'early', at: lookup.notBefore };
  if (lookup.attempts >= rules.callAttempts) {
    const transition = askPerson(job, placed, 'It could not be looked up', now);
    return { kind: 'settled', transition };
  }
  const counted = { ...lookup, attempts: lookup.attempts + 1 };
  const transition = withStep(job, placed, { ...step, lookup: counted }, now);
  return { kind: 'looking', transition, call: placed.call, lookup: counted };
}

export type LookupVerdict =
  /** What was found proves that the call happened. */
  | { readonly kind: 'found'; readonly with: string; readonly evidence: Json }
  | {
      readonly kind: 'absent';
      /** What was looked for, for people. */
      readonly lookedFor: string;
      /** When the look began. */
      readonly lookedAt: number;
      /** The operator says: what is not seen once the call has ended was not done. */
      readonly meansNotDone: boolean;
    }
  | {
      readonly kind: 'failed';
      readonly message: string;
      readonly retryable: boolean;
      readonly retryAfter?: number | undefined;
    };

export interface LookupReport {
  readonly turn: number;
  readonly index: number;
  /** Of the look that was claimed. */
  readonly since: number;
  readonly verdict: LookupVerdict;
}

/**
 * What was seen decides, as long as nobody else has. Found: the call has succeeded, and the evidence is its output. Not
 * found: a person is asked, unless the operator says that this proves the contrary, and the call has provably ended.
 */
export function recordLookup(
  job: JobState,
  { turn, index, since, verdict }: LookupReport,
  { now, random, rules }: TransitionContext,
): CommitOrNothing {
  if (!isIn(job, 'calls') || job.turn !== turn) return nothing('another turn');
  const call = job.phase.calls[index];
  const placed: PlacedCall | undefined = call && { index, call };
  if (placed === undefined || !isCallIn(placed, 'unknown')) return nothing('the call is decided');
  const { lookup } = placed.call.step;
  if (lookup === undefined || lookup.since !== since) return nothing('another look');
  const lookAgain = (notBefore: number) => {
    const next = { ...lookup, since: job.sequence + 1, notBefore };
    return commit(withStep(job, placed, { ...placed.call.step, lookup: next }, now));
  };
  switch (verdict.kind) {
    case 'found':
      return commit(settleCall(job, { ...placed, answer: { output: outputOf(verdict) } }, { now }));
    case 'absent': {
      if (!verdict.meansNotDone) break;
      const ends = endOf(job, index);
      if (verdict.lookedAt < ends) return lookAgain(ends + (placed.call.check?.wait ?? 0));
      const attempts = placed.call.step.attempts + 1;
      if (attempts >= rules.callAttempts) break;
      const again = { sequence: job.sequence + 1, notBefore: now, attempts };
      return commit(withStep(job, placed, readyAgain(placed.call.step, again), now));
    }
    case 'failed': {
      if (!verdict.retryable || lookup.attempts >= rules.callAttempts) break;
      const { retryAfter } = verdict;
      const tried = { attempts: lookup.attempts, random };
      return lookAgain(now + backOff(rules, retryAfter ? { ...tried, retryAfter } : tried));
    }
  }
  return commit(askPerson(job, placed, wordsOf(verdict), now));
}

/** By then no claim of the call is in flight any more. */
function endOf(job: JobState, index: number): number {
  const ofCall = job.claims.filter((claim) => claim.turn === job.turn && claim.index === index);
  return Math.max(0, ...ofCall.map(({ until }) => until));
}

function outputOf(verdict: Extract<LookupVerdict, { kind: 'found' }>): Json {
  return {
    note:
      'The answer of this call was lost. It took effect: this was found afterwards with ' +
      `${verdict.with}.`,
    evidence: verdict.evidence,
  };
}

function wordsOf(verdict: Exclude<LookupVerdict, { kind: 'found' }>): string {
  return verdict.kind === 'absent'
    ? `It was looked for and not found: ${verdict.lookedFor}`
    : `It could not be looked up: ${verdict.message}`;
}

/** A person is asked, and shown what was looked for. */
function askPerson(
  job: JobIn<'calls'>,
  placed: CallIn<'unknown'>,
  words: string,
  now: number,
): Transition {
  const { index, call } = placed;
  const reason = `${call.step.reason.replace(/\.$/, '')}. ${words}`;
  const failure = outcomeUnknown(reason);
  const asked = { ...call, step: unknownStep(call.step, { reason, at: now }) };
  const calls = replaceCall(job.phase.calls, { index, call: asked });
  return nextState(job, {
    patch: afterCall(job, calls, now),
    events: [
      { type: 'tool_call.failed', turn: job.turn, index, tool: call.tool, code: failure.code },
    ],
    steps: [outcomeRecord(job, { index, call }, { failure }, now)],
  });
}

function withStep(
  job: JobIn<'calls'>,
  { index, call }: CallIn<'unknown'>,
  step: ToolCall['step'],
  now: number,
): Transition {
  const calls = replaceCall(job.phase.calls, { index, call: { ...call, step } });
  return nextState(job, { patch: afterCall(job, calls, now) });
}

function commit(transition: Transition): Committed<'commit'> {
  return { kind: 'commit', transition };
}
