import { createHash } from 'node:crypto';
import type {
  ApprovalDecision,
  CallRecord,
  DecisionRecord,
  JobState,
  Json,
  JsonObject,
  OutcomeRecord,
  StepRecord,
} from '@pawl/contracts';
import {
  type Committed,
  type CommitOrNothing,
  nextState,
  nothing,
  type Transition,
} from '../commit/next-state.ts';
import { isIn, type JobIn } from '../domain/job.ts';
import type { TransitionContext } from '../domain/rules.ts';
import { type CallIn, isCallIn, type PlacedCall, type UnsettledCall } from '../domain/tool.ts';
import { readyAgain, replaceCall } from '../job/steps.ts';
import { afterCall, settleCall } from './settle.ts';

/** A person's word on one call. */
export interface Decision {
  readonly turn: number;
  readonly index: number;
  /** Of the claim that the decision is about; 0 for a call that waits for approval. */
  readonly epoch: number;
  readonly decision: ApprovalDecision;
  /** The call as it stands in the job's steps. */
  readonly record: CallRecord;
}

/**
 * Takes a person's word on a call that waits for approval, or on one whose outcome nobody knows. Bound to what the
 * person was asked about: a call that was decided, settled or made again meanwhile is not asked about any more.
 */
export function decideCall(
  job: JobState,
  input: Decision,
  context: Pick<TransitionContext, 'now'>,
): CommitOrNothing {
  const { turn, index, epoch } = input;
  const over = nothing('nobody is asked about this call any more');
  if (!isIn(job, 'calls') || job.turn !== turn) return over;
  const call = job.phase.calls[index];
  if (call === undefined || call.step.epoch !== epoch) return over;
  const placed: PlacedCall = { index, call };
  if (isCallIn(placed, 'awaiting_approval')) return decideApproval(job, placed, input, context);
  if (isCallIn(placed, 'unknown')) return decideOutcome(job, placed, input, context);
  return over;
}

/** The call is made with what was approved, or not at all. The approval stands until the call is settled. */
function decideApproval(
  job: JobIn<'calls'>,
  placed: CallIn<'awaiting_approval'>,
  { decision, record, ...place }: Decision,
  { now }: Pick<TransitionContext, 'now'>,
): CommitOrNothing {
  const { index, call } = placed;
  const decided: DecisionRecord = {
    kind: 'decision',
    turn: place.turn,
    index,
    epoch: place.epoch,
    at: now,
    decision,
    link: call.approval?.link ?? '',
  };
  const makeWith = (input: JsonObject, steps: readonly StepRecord[]) => {
    const approved = {
      ...call,
      approval: { link: '', ...call.approval, hash: hashOfCall(call.tool, input) },
      step: readyAgain(call.step, { sequence: job.sequence + 1, notBefore: now }),
    };
    const calls = replaceCall(job.phase.calls, { index, call: approved });
    return commit(nextState(job, { patch: afterCall(job, calls, now), steps }), decided);
  };
  switch (decision.decision) {
    case 'approve':
      return makeWith(record.arguments ?? {}, []);
    case 'edit':
      return makeWith(decision.input, [{ ...record, arguments: decision.input, edited: true }]);
    case 'reject': {
      const message = `A person did not approve this call, so it was not made: ${decision.message}`;
      return settle(job, placed, { failure: rejection(message) }, decided);
    }
    case 'respond':
      return settle(job, placed, { output: decision.output }, decided);
  }
}

/** It succeeded, with this output; it failed, with this message; or it is to be made again. */
function decideOutcome(
  job: JobIn<'calls'>,
  placed: CallIn<'unknown'>,
  { turn, epoch, decision }: Decision,
  { now }: Pick<TransitionContext, 'now'>,
): CommitOrNothing {
  const { index, call } = placed;
  const record: DecisionRecord = { kind: 'decision', turn, index, epoch, at: now, decision };
  switch (decision.decision) {
    case 'respond':
      return settle(job, placed, { output: decision.output }, record);
    case 'reject':
      return settle(job, placed, { failure: rejection(decision.message) }, record);
    case 'approve': {
      const step = readyAgain(placed.call.step, { sequence: job.sequence + 1, notBefore: now });
      const calls = replaceCall(job.phase.calls, { index, call: { ...call, step } });
      return commit(nextState(job, { patch: afterCall(job, calls, now) }), record);
    }
    case 'edit':
      return nothing('the call was made already, so its arguments stand');
  }
}

function rejection(message: string) {
  return { code: 'rejected', message, retryable: false };
}

function settle(
  job: JobIn<'calls'>,
  placed: UnsettledCall,
  answer: OutcomeRecord['answer'],
  record: DecisionRecord,
): Committed<'commit'> {
  return commit(settleCall(job, { ...placed, answer }, { now: record.at }), record);
}

function commit(decided: Transition, record: DecisionRecord): Committed<'commit'> {
  return { kind: 'commit', transition: { ...decided, steps: [...decided.steps, record] } };
}

/** SHA-256 of a tool and the exact arguments of a call, whatever the order of their keys; in hexadecimal. */
export function hashOfCall(tool: string, input: JsonObject): string {
  return createHash('sha256')
    .update(JSON.stringify([tool, sorted(input)]))
    .digest('hex');
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}
