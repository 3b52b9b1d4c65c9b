import {
  type Approval,
  type ApprovalTarget,
  type CallRecord,
  type DecisionRecord,
  formatApprovalId,
  type JobState,
  type ToolCall,
} from '@pawl/contracts';
import { instant } from '../domain/instant.ts';

/** The calls of a job that wait for a person's word. */
export function approvalViews(job: JobState, calls: readonly CallRecord[]): Approval[] {
  if (job.phase.name !== 'calls') return [];
  return job.phase.calls.flatMap((call, index) => {
    const { step } = call;
    if (step.status !== 'unknown') return [];
    const target = { job: job.id, turn: job.turn, index, epoch: step.epoch };
    return [
      {
        ...identityOf(target, recordOf(calls, target), call),
        status: 'pending',
        reason: step.reason,
        decision: null,
        created_at: instant(step.at),
      },
    ];
  });
}

/** An approval after somebody has decided. */
export function decidedApprovalView(
  { decision, at, ...place }: DecisionRecord,
  job: JobState,
  calls: readonly CallRecord[],
): Approval {
  const target = { job: job.id, turn: place.turn, index: place.index, epoch: place.epoch };
  return {
    ...identityOf(target, recordOf(calls, target)),
    status: 'decided',
    reason: null,
    decision,
    created_at: instant(at),
  };
}

function recordOf(
  calls: readonly CallRecord[],
  { turn, index }: ApprovalTarget,
): CallRecord | undefined {
  return calls.find((call) => call.turn === turn && call.index === index);
}

function identityOf(target: ApprovalTarget, record: CallRecord | undefined, call?: ToolCall) {
  return {
    id: formatApprovalId(target),
    object: 'approval',
    type: 'resolve_tool_outcome',
    job: target.job,
    tool: record?.tool ?? '',
    connection: record?.connection ?? '',
    input: record?.arguments ?? {},
    effect: call?.effect ?? 'writes',
  } as const;
}
