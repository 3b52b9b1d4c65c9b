import type {
  CallStep,
  Failure,
  JobEvent,
  JobState,
  Json,
  OutcomeRecord,
  ToolCall,
} from '@pawl/contracts';
import type { ToolOutcome } from '../ports.ts';
import type { Rules } from '../rules.ts';
import { afterCall } from './after-call.ts';
import { backOff } from './back-off.ts';
import { change, end, nothing, type Change, type Nothing } from './change.ts';
import { blockedOn, readyAgain, replaceCall, settledStep } from './steps.ts';
import { declareUnknown, mustNotRepeat } from './unknown-outcome.ts';

export type OutcomeDecision =
  | { readonly kind: 'commit'; readonly change: Change }
  /** Too late to be the call's outcome: kept on a side record (invariant 5). */
  | { readonly kind: 'late'; readonly answer: OutcomeRecord['answer'] }
  | Nothing;

export interface CallReport {
  readonly turn: number;
  readonly index: number;
  readonly epoch: number;
  readonly outcome: ToolOutcome;
}

export interface OutcomeContext {
  readonly rules: Rules;
  readonly now: number;
  readonly random: number;
  /** The secret part of the link, should an account have to be authorized. */
  readonly link: string;
}

/** What the report of a call's own claimant, or of one that was given up, does to the job. */
export function recordOutcome(
  job: JobState,
  report: CallReport,
  context: OutcomeContext,
): OutcomeDecision {
  const { phase } = job;
  const call =
    phase.name === 'calls' && job.turn === report.turn ? phase.calls[report.index] : undefined;
  if (call === undefined || !('since' in call.step) || call.step.epoch !== report.epoch) {
    return late(report.outcome);
  }
  switch (call.step.status) {
    case 'running':
      return recordRunning(job, call, report, context);
    case 'unknown':
      return settleUnknown(job, call, report, context);
    case 'ready':
    case 'blocked':
      return late(report.outcome);
  }
}

function recordRunning(
  job: JobState,
  call: ToolCall,
  { index, outcome }: CallReport,
  { rules, now, random, link }: OutcomeContext,
): OutcomeDecision {
  const { step } = call;
  if (step.status !== 'running') throw new Error('the call must be running');
  const sequence = job.sequence + 1;
  const settle = (answer: OutcomeRecord['answer']) => commit(settled(job, index, answer, now));
  const tryAgain = (failure: Failure, retryAfter?: number) => {
    const attempts = step.attempts + 1;
    if (attempts >= rules.callAttempts) return settle({ failure });
    const wait = backOff(rules, {
      attempts,
      random,
      ...(retryAfter === undefined ? {} : { retryAfter }),
    });
    const next = readyAgain(step, { sequence, notBefore: now + wait, attempts, failure });
    return commit(withStep(job, index, next, now));
  };
  switch (outcome.kind) {
    case 'succeeded':
      return settle({ output: outcome.output });
    case 'failed':
      return settle({ failure: outcome.failure });
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
      return commit(withStep(job, index, blocked, now));
    }
    case 'unknown':
      return mustNotRepeat(job, call)
        ? commit(declareUnknown(job, index, { reason: outcome.failure.message, until: now }, now))
        : tryAgain(outcome.failure);
    case 'fatal':
      return commit(failWith(job, index, outcome.failure, now));
  }
}

/** The call did not happen: it is put back first, so that a retry of the job makes it, and nothing waits for it. */
function failWith(job: JobState, index: number, failure: Failure, now: number): Change {
  const { phase } = job;
  const step = phase.name === 'calls' ? phase.calls[index]?.step : undefined;
  if (phase.name !== 'calls' || step?.status !== 'running') {
    throw new Error('only a running call can fail its job');
  }
  const again = readyAgain(step, { sequence: job.sequence + 1, notBefore: now, failure });
  const patch = {
    phase: { name: 'calls', calls: replaceCall(phase.calls, index, again) },
  } as const;
  return end(job, { status: 'failed', failure }, now, { patch });
}

/** The real outcome settles what was declared unknown, as long as nobody has decided. */
function settleUnknown(
  job: JobState,
  call: ToolCall,
  { index, outcome }: CallReport,
  { now }: OutcomeContext,
): OutcomeDecision {
  if (call.step.status !== 'unknown') throw new Error('the outcome must be unknown');
  switch (outcome.kind) {
    case 'succeeded':
      return commit(settled(job, index, { output: outcome.output }, now));
    case 'failed':
    case 'fatal':
      return commit(settled(job, index, { failure: outcome.failure }, now));
    case 'not_executed':
    case 'account_inactive': {
      const again = readyAgain(call.step, { sequence: job.sequence + 1, notBefore: now });
      return commit(withStep(job, index, again, now));
    }
    case 'unknown':
      return nothing('the outcome is still unknown');
  }
}

function late(outcome: ToolOutcome): OutcomeDecision {
  if (outcome.kind === 'succeeded') return { kind: 'late', answer: { output: outcome.output } };
  if (outcome.kind === 'failed') return { kind: 'late', answer: { failure: outcome.failure } };
  return nothing('the call is no longer this claim’s, and nothing is known to have happened');
}

function commit(change: Change): OutcomeDecision {
  return { kind: 'commit', change };
}

function withStep(job: JobState, index: number, step: CallStep, now: number): Change {
  if (job.phase.name !== 'calls') throw new Error('the job must be at its calls');
  return change(job, { patch: afterCall(job, replaceCall(job.phase.calls, index, step), now) });
}

/** The commit that settles a call with its answer. */
export function settled(
  job: JobState,
  index: number,
  answer: { output: Json } | { failure: Failure },
  now: number,
): Change {
  const { phase } = job;
  const call = phase.name === 'calls' ? phase.calls[index] : undefined;
  if (phase.name !== 'calls' || call === undefined || !('since' in call.step)) {
    throw new Error('only a call that is not settled can be settled');
  }
  const { step } = call;
  const failed = 'failure' in answer;
  const identity = { turn: job.turn, index, tool: call.tool };
  const event: JobEvent = failed
    ? { type: 'tool_call.failed', ...identity, code: answer.failure.code }
    : { type: 'tool_call.completed', ...identity };
  const record: OutcomeRecord = {
    kind: 'outcome',
    turn: job.turn,
    index,
    attempts: step.attempts + step.crashes + 1,
    ...(step.status === 'running' ? { startedAt: step.startedAt } : {}),
    finishedAt: now,
    answer,
  };
  const calls = replaceCall(phase.calls, index, settledStep(step, failed ? 'failed' : 'succeeded'));
  return change(job, {
    patch: afterCall(job, calls, now),
    events: [event],
    steps: [record],
  });
}

/** Calls that wait for the same account share one link. */
function linkFor(job: JobState, connection: string): string | undefined {
  if (job.phase.name !== 'calls') return undefined;
  for (const { step } of job.phase.calls) {
    if (step.status === 'blocked' && step.connection === connection) return step.link;
  }
  return undefined;
}
