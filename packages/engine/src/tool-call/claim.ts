import type { JobState, Running, ToolCall } from '@pawl/contracts';
import {
  nextState,
  type Transition,
  end,
  nothing,
  type Nothing,
  type Committed,
} from '../commit/next-state.ts';
import type { TransitionContext } from '../domain/rules.ts';
import { isIn, type JobIn } from '../domain/job.ts';
import { type CallIn, isCallIn, type PlacedCall } from '../domain/tool.ts';
import { awaitedUntil } from '../job/status.ts';
import { claimed, quarantine, readyAgain, replaceCall } from '../job/steps.ts';
import { claimLookup, type LookupClaim } from './lookup.ts';
import { beginClaim } from './open-claims.ts';
import { afterCall, declareUnknown, finalFailure, mustNotRepeat, settleCall } from './settle.ts';

export type CallClaim =
  | (Committed<'claimed'> & { readonly call: ToolCall; readonly epoch: number })
  | LookupClaim
  /** Something else had to be written first: the outcome is unknown, or the job has ended. */
  | Committed<'settled'>
  | { readonly kind: 'check_account'; readonly connection: string }
  | { readonly kind: 'early'; readonly at: number }
  | Nothing;

/**
 * `hash` is that of the arguments which the call would be made with: see `hashOfCall`.
 *
 * `started` is written before the call is made. A call that is found started was made by somebody who never came back:
 * it is made again only if that can't do harm (invariant 5).
 */
export function claimCall(
  job: JobState,
  { turn, index, since, hash }: { turn: number; index: number; since: number; hash?: string },
  { now, rules }: Pick<TransitionContext, 'now' | 'rules'>,
): CallClaim {
  if (!isIn(job, 'calls') || job.turn !== turn) return nothing('another turn');
  const call = job.phase.calls[index];
  if (call === undefined) return nothing('no such call');
  const placed: PlacedCall = { index, call };
  const { step } = call;
  if (isCallIn(placed, 'unknown')) return claimLookup(job, placed, { since }, { now, rules });
  if (step.status === 'settled' || step.status === 'unknown' || step.since !== since) {
    return nothing('another step');
  }
  if (now >= job.expiresAt)
    return { kind: 'settled', transition: end(job, { status: 'expired' }, now) };
  if (step.status === 'blocked') return { kind: 'check_account', connection: step.connection };
  if (step.status === 'ready' && step.notBefore > now) return { kind: 'early', at: step.notBefore };
  if (step.status === 'awaiting_approval') {
    const { until } = step;
    if (until === undefined) return nothing('a person has to decide');
    return until > now
      ? { kind: 'early', at: until }
      : {
          kind: 'settled',
          transition: settleCall(
            job,
            { index, call: { ...call, step }, answer: unapproved },
            { now },
          ),
        };
  }
  const isOtherThanApproved = call.approval !== undefined && call.approval.hash !== hash;
  if (isOtherThanApproved && isCallIn(placed, 'ready')) {
    return {
      kind: 'settled',
      transition: settleCall(job, { ...placed, answer: mismatch }, { now }),
    };
  }
  if (isCallIn(placed, 'running')) {
    const until = awaitedUntil(step);
    if (until !== undefined) {
      return until > now
        ? { kind: 'early', at: until }
        : { kind: 'settled', transition: endWait(job, placed, { now, rules }) };
    }
    if (mustNotRepeat(job, call)) {
      const reason = 'the worker that made the call never reported an outcome';
      return { kind: 'settled', transition: declareUnknown(job, { ...placed, reason }, { now }) };
    }
  }
  const running = claimed(step, { sequence: job.sequence + 1, at: now });
  if (running.crashes >= rules.crashLimit) {
    return {
      kind: 'settled',
      transition: quarantine(job, { step: `tool call ${call.tool}` }, { now, rules }),
    };
  }
  return {
    kind: 'claimed',
    call,
    epoch: running.epoch,
    transition: started(job, { index, call }, running, now + rules.toolTimeout),
  };
}

const unapproved = {
  failure: {
    code: 'approval_expired',
    message: 'Nobody approved this call in time, so it was not made.',
    retryable: false,
  },
};

const mismatch = {
  failure: {
    code: 'approval_mismatch',
    message: 'The arguments of this call are not those that a person approved: it was not made.',
    retryable: false,
  },
};

/** The tool has accepted the call, and never said what came of it: nobody knows, or it is called again. */
function endWait(
  job: JobIn<'calls'>,
  placed: CallIn<'running'>,
  { now, rules }: Pick<TransitionContext, 'now' | 'rules'>,
): Transition {
  const { index, call } = placed;
  const { step } = call;
  const reason = 'the tool accepted the call and never told its result';
  if (mustNotRepeat(job, call)) return declareUnknown(job, { ...placed, reason }, { now });
  const failure = { code: 'tool_result_missing', message: `${reason}.`, retryable: true };
  const attempts = step.attempts + 1;
  if (attempts >= rules.callAttempts) {
    return settleCall(
      job,
      { ...placed, answer: { failure: finalFailure(job, placed, failure) } },
      { now },
    );
  }
  const again = { sequence: job.sequence + 1, notBefore: now, attempts, failure };
  const calls = replaceCall(job.phase.calls, {
    index,
    call: { ...call, step: readyAgain(step, again) },
  });
  return nextState(job, { patch: afterCall(job, calls, now) });
}

function started(
  job: JobIn<'calls'>,
  { index, call }: PlacedCall,
  running: Running,
  until: number,
): Transition {
  const { startedAt: now, epoch } = running;
  const begun = beginClaim(job, { index, call }, { epoch, until }, now);
  const calls = replaceCall(job.phase.calls, { index, call: { ...begun.call, step: running } });
  const attempt = running.attempts + running.crashes + 1;
  return nextState(job, {
    patch: { claims: begun.claims, ...afterCall(job, calls, now) },
    events: [{ type: 'tool_call.started', turn: job.turn, index, tool: call.tool, attempt }],
  });
}
