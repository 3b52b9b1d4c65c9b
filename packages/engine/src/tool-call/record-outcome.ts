import type { CallStep, Failure, JobState } from '@pawl/contracts';
import {
  nextState,
  type Transition,
  end,
  nothing,
  type CommitOrNothing,
  type Late,
} from '../commit/next-state.ts';
import { instant } from '../domain/instant.ts';
import type { TransitionContext } from '../domain/rules.ts';
import { isIn, type JobIn } from '../domain/job.ts';
import { type CallIn, isCallIn, type PlacedCall, type ToolOutcome } from '../domain/tool.ts';
import { backOff, blockedOn, readyAgain, replaceCall, triesOf } from '../job/steps.ts';
import { endClaim } from './open-claims.ts';
import {
  afterCall,
  declareUnknown,
  finalFailure,
  lateOutcome,
  mustNotRepeat,
  settleCall,
} from './settle.ts';

type Settlement = CommitOrNothing;

export type OutcomeDecision = Settlement | Late;

export interface CallReport {
  readonly turn: number;
  readonly index: number;
  readonly epoch: number;
  readonly outcome: ToolOutcome;
  /** The secret part of the link, should an account have to be authorized. */
  readonly link: string;
  /** True: the worker was told to stop while the call ran. What is made again then goes back at once, uncounted. */
  readonly stopped?: boolean;
}

/**
 * What a claim's report does to the job: it settles the call, or has it made again, if it is the newest claim's and
 * nobody has decided. The report of any other is noted: the claim is over, and what it has done is kept beside the call.
 */
export function recordOutcome(
  job: JobState,
  report: CallReport,
  context: TransitionContext,
): OutcomeDecision {
  const outcome = lateOutcome(report, context.now);
  if (job.phase.name === 'ended') {
    const { turn, index, epoch } = report;
    const learnt = outcome === undefined ? {} : { outcome };
    return { kind: 'late', late: { job, ...learnt, claim: { turn, index, epoch } } };
  }
  const reported = endClaim(job, report);
  const decision = decide(reported, report, context);
  if (decision.kind === 'commit') return commit({ ...decision.transition, before: job });
  const steps = outcome?.executed === true ? [outcome] : [];
  return reported.claims.length < job.claims.length || steps.length > 0
    ? commit({
        ...nextState(reported, { patch: lookAnew(reported, report, context), steps }),
        before: job,
      })
    : decision;
}

/** What a look has seen before the claim ended says nothing of what the claim did afterwards: it is made anew. */
function lookAnew(
  job: JobState,
  { turn, index }: Pick<CallReport, 'turn' | 'index'>,
  { now }: Pick<TransitionContext, 'now'>,
): Partial<Pick<JobState, 'phase'>> {
  const call = isIn(job, 'calls') && job.turn === turn ? job.phase.calls[index] : undefined;
  if (!isIn(job, 'calls') || call?.step.status !== 'unknown') return {};
  const { step, check } = call;
  if (step.lookup === undefined) return {};
  const since = job.sequence + 1;
  const lookup = { ...step.lookup, since, notBefore: now + (check?.wait ?? 0) };
  const calls = replaceCall(job.phase.calls, {
    index,
    call: { ...call, step: { ...step, lookup } },
  });
  return { phase: { ...job.phase, calls } };
}

/** @param job with this claim at its end */
function decide(job: JobState, report: CallReport, context: TransitionContext): Settlement {
  const { turn, index, epoch } = report;
  if (!isIn(job, 'calls') || job.turn !== turn) return nothing('another turn');
  const call = job.phase.calls[index];
  if (call === undefined || call.step.epoch !== epoch) {
    return nothing('the call is no longer this claim’s');
  }
  const placed: PlacedCall = { index, call };
  if (isCallIn(placed, 'running')) return recordRunning(job, placed, report, context);
  if (isCallIn(placed, 'unknown')) return settleUnknown(job, placed, report, context);
  return nothing('the call is settled, or is to be made again');
}

function recordRunning(
  job: JobIn<'calls'>,
  placed: CallIn<'running'>,
  { outcome, link, stopped = false }: CallReport,
  { now, random, rules }: TransitionContext,
): Settlement {
  const { call } = placed;
  const { step } = call;
  const sequence = job.sequence + 1;
  const fail = (failure: Failure) =>
    commit(
      settleCall(
        job,
        { answer: { failure: finalFailure(job, placed, failure) }, ...placed },
        { now },
      ),
    );
  const tryAgain = (failure: Failure, retryAfter?: number) => {
    if (stopped) {
      return commit(withStep(job, placed, readyAgain(step, { sequence, notBefore: now }), now));
    }
    const attempts = step.attempts + 1;
    if (attempts >= rules.callAttempts) return fail(failure);
    const wait = backOff(rules, {
      attempts,
      random,
      ...(retryAfter === undefined ? {} : { retryAfter }),
    });
    const next = readyAgain(step, { sequence, notBefore: now + wait, attempts, failure });
    const failed = {
      type: 'tool_call.attempt_failed',
      turn: job.turn,
      index: placed.index,
      tool: call.tool,
      attempt: triesOf(step) + 1,
      code: failure.code,
      retry_at: instant(now + wait),
    } as const;
    const transition = withStep(job, placed, next, now);
    return commit({ ...transition, events: [failed, ...transition.events] });
  };
  switch (outcome.kind) {
    case 'succeeded':
      return commit(settleCall(job, { answer: { output: outcome.output }, ...placed }, { now }));
    case 'failed':
      return fail(outcome.failure);
    case 'not_executed':
      return tryAgain(outcome.failure, outcome.retryAfter);
    case 'account_inactive': {
      const blocked = blockedOn(step, {
        sequence,
        connection: call.connection,
        link: linkFor(job, call.connection) ?? link,
        at: now,
        checkAt: now + rules.accountCheckInterval,
      });
      return commit(withStep(job, placed, blocked, now));
    }
    case 'accepted': {
      const accepted = { epoch: step.epoch, at: now, until: now + outcome.within };
      return commit(withStep(job, placed, { ...step, since: sequence, accepted }, now));
    }
    case 'unknown':
      return mustNotRepeat(job, call)
        ? commit(declareUnknown(job, { reason: outcome.failure.message, ...placed }, { now }))
        : tryAgain(outcome.failure);
    case 'fatal':
      return commit(failJob(job, placed, outcome.failure, now));
  }
}

/** The call did not happen: it is put back first, so that a retry of the job makes it, and nothing waits for it. */
function failJob(
  job: JobIn<'calls'>,
  { index, call }: CallIn<'running'>,
  failure: Failure,
  now: number,
): Transition {
  const again = readyAgain(call.step, { sequence: job.sequence + 1, notBefore: now, failure });
  const calls = replaceCall(job.phase.calls, { index, call: { ...call, step: again } });
  const patch = { phase: { name: 'calls', calls } } as const;
  return end(job, { status: 'failed', failure }, now, { patch });
}

/** The real outcome settles what was declared unknown, as long as nobody has decided. */
function settleUnknown(
  job: JobIn<'calls'>,
  placed: CallIn<'unknown'>,
  { outcome }: CallReport,
  { now }: TransitionContext,
): Settlement {
  const { call } = placed;
  switch (outcome.kind) {
    case 'succeeded':
      return commit(settleCall(job, { answer: { output: outcome.output }, ...placed }, { now }));
    case 'failed':
    case 'fatal': {
      const failure = finalFailure(job, placed, outcome.failure);
      return commit(settleCall(job, { answer: { failure }, ...placed }, { now }));
    }
    case 'not_executed':
    case 'account_inactive': {
      const again = readyAgain(call.step, { sequence: job.sequence + 1, notBefore: now });
      return commit(withStep(job, placed, again, now));
    }
    case 'accepted':
    case 'unknown':
      return nothing('the outcome is still unknown');
  }
}

function commit(transition: Transition): Extract<Settlement, { kind: 'commit' }> {
  return { kind: 'commit', transition };
}

function withStep(
  job: JobIn<'calls'>,
  { index, call }: PlacedCall,
  step: CallStep,
  now: number,
): Transition {
  const calls = replaceCall(job.phase.calls, { index, call: { ...call, step } });
  return nextState(job, { patch: afterCall(job, calls, now) });
}

/** Calls that wait for the same account share one link. */
function linkFor(job: JobState, connection: string): string | undefined {
  if (job.phase.name !== 'calls') return undefined;
  for (const { step } of job.phase.calls) {
    if (step.status === 'blocked' && step.connection === connection) return step.link;
  }
  return undefined;
}
