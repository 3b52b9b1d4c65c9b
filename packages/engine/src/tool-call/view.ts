import {
  type Approval,
  type ApprovalTarget,
  type CallRecord,
  type DecisionRecord,
  formatApprovalId,
  type JobState,
} from '@pawl/contracts';
import { instant } from '../domain/instant.ts';
import type { Links } from '../domain/job.ts';
import { asksPerson } from '../job/status.ts';
import { hashOfCall } from './approval.ts';

/** The calls of a job that wait for a person's word. */
export function approvalViews(
  job: JobState,
  calls: readonly CallRecord[],
  links: Links,
): Approval[] {
  if (job.phase.name !== 'calls') return [];
  return job.phase.calls.flatMap((call, index) => {
    const { step, effect, approval } = call;
    if (step.status !== 'unknown' && step.status !== 'awaiting_approval') return [];
    if (!asksPerson(step)) return [];
    const isAsked = step.status === 'awaiting_approval';
    const target = { job: job.id, turn: job.turn, index, epoch: step.epoch };
    const until = isAsked ? (step.until ?? job.expiresAt) : undefined;
    return [
      {
        ...identityOf(job, target, recordOf(calls, target)),
        type: isAsked ? 'approve_tool_calls' : 'resolve_tool_outcome',
        status: 'pending',
        effect,
        reason: isAsked ? null : step.reason,
        decision: null,
        decided_at: null,
        url: isAsked ? links.approve(job.id, approval?.link ?? '') : null,
        created_at: instant(step.at),
        expires_at: until === undefined ? null : instant(until),
      },
    ];
  });
}

/** An approval after somebody has decided. */
export function decidedApprovalView(
  { decision, at, link, ...place }: DecisionRecord,
  job: JobState,
  calls: readonly CallRecord[],
): Approval {
  const target = { job: job.id, turn: place.turn, index: place.index, epoch: place.epoch };
  return {
    ...identityOf(job, target, recordOf(calls, target)),
    type: link === undefined ? 'resolve_tool_outcome' : 'approve_tool_calls',
    status: 'decided',
    effect: effectOf(job, target),
    reason: null,
    decision,
    decided_at: instant(at),
    url: null,
    created_at: null,
    expires_at: null,
  };
}

function recordOf(
  calls: readonly CallRecord[],
  { turn, index }: ApprovalTarget,
): CallRecord | undefined {
  return calls.find((call) => call.turn === turn && call.index === index);
}

/** Known for as long as the job is at the call's turn; people are asked about calls that write, else. */
function effectOf(job: JobState, { turn, index }: ApprovalTarget): Approval['effect'] {
  const phase = job.phase.name === 'ended' ? job.phase.from : job.phase;
  const call = phase.name === 'calls' && job.turn === turn ? phase.calls[index] : undefined;
  return call?.effect ?? 'writes';
}

function identityOf(job: JobState, target: ApprovalTarget, record: CallRecord | undefined) {
  const { tool = '', connection = '', arguments: input = {} } = record ?? {};
  return {
    id: formatApprovalId(target),
    object: 'approval',
    job: job.id,
    user: job.user,
    agent: job.agent?.name ?? null,
    tool,
    connection,
    input,
    input_hash: hashOfCall(tool, input),
  } as const;
}
