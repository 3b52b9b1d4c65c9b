import type {
  ActivePhase,
  CallStep,
  JobState,
  JsonObject,
  OpenClaim,
  ToolCall,
  TurnRecord,
} from '@pawl/contracts';
import type { Transition } from '../src/commit/next-state.ts';
import { isIn, type JobIn } from '../src/domain/job.ts';
import { defaultRules } from '../src/domain/rules.ts';
import type { ToolOutcome } from '../src/domain/tool.ts';
import { freshStep } from '../src/job/steps.ts';
import { claimCall } from '../src/tool-call/claim.ts';
import { recordOutcome } from '../src/tool-call/record-outcome.ts';

/** A job that has just begun its first turn, but for what is given. Its calls in flight have open claims. */
/** The same, in this phase. */
export function jobIn<Phase extends JobState['phase']>(
  phase: Phase,
  parts: Partial<Omit<JobState, 'phase'>> = {},
): JobIn<Phase['name']> {
  const job = jobWith({ ...parts, phase });
  if (!isIn(job, phase.name as Phase['name'])) throw new Error('the phase was not taken');
  return job;
}

export function jobWith(parts: Partial<JobState> = {}): JobState {
  const { turn = 0, phase = { name: 'turn', step: freshStep(5, 0) } } = parts;
  return {
    id: 'job_0_a',
    tenant: 'default',
    user: 'user',
    conversation: 'conv_0_a',
    sequence: 5,
    createdAt: 0,
    startedAt: 1,
    expiresAt: 1_000_000,
    priority: 0,
    limits: { turns: 8, tool_calls: 64, deadline_seconds: 1_000 },
    onUnknownOutcome: 'ask',
    usage: { modelCalls: 1, toolCalls: 2, inputTokens: 0, outputTokens: 0, costUsd: 0 },
    turn,
    model: 0,
    claims: openClaims(turn, phase),
    phase,
    ...parts,
  };
}

function openClaims(turn: number, phase: JobState['phase']): OpenClaim[] {
  const at = phase.name === 'ended' ? phase.from : phase;
  if (at.name !== 'calls') return [];
  return at.calls.flatMap(({ step }, index) =>
    step.status === 'running' || step.status === 'unknown'
      ? [{ turn, index, epoch: step.epoch, until: 60_010 }]
      : [],
  );
}

export const claimable = { since: 3, epoch: 4, attempts: 0, crashes: 0 };

export const runningStep = {
  status: 'running',
  ...claimable,
  startedAt: 10,
} as const;

export function callWith(parts: Partial<ToolCall> = {}): ToolCall {
  return {
    callId: 'call_a',
    name: 'gmail_send_message',
    tool: 'gmail_send_message',
    connection: 'gmail',
    effect: 'writes',
    inDoubt: false,
    step: freshStep(3, 0),
    ...parts,
  };
}

export function endedFrom(
  from: ActivePhase,
  ending: Extract<JobState['phase'], { name: 'ended' }>['ending'],
  parts: Partial<JobState> = {},
): JobState {
  return jobWith({ ...parts, phase: { name: 'ended', at: 100, ending, from } });
}

export function turnRecord(message: JsonObject, turn = 0): TurnRecord {
  return {
    kind: 'turn',
    turn,
    message,
    finishReason: 'stop',
    model: 'model',
    toolsLoaded: 0,
    attempts: 1,
    startedAt: 0,
    finishedAt: 1,
    inputTokens: 0,
    outputTokens: 0,
    costUsd: 0,
  };
}

/** The step of a job's first call. */
export function stepOf({ phase }: JobState): Exclude<CallStep, { status: 'settled' }> {
  const step = phase.name === 'calls' ? phase.calls[0]?.step : undefined;
  if (step === undefined || step.status === 'settled') throw new Error('the call must be open');
  return step;
}

/** Claims the job's first call, at whatever time it may be made. */
export function claimedCall(job: JobState): JobState {
  const { since, ...step } = stepOf(job);
  const now = 'notBefore' in step ? step.notBefore : 0;
  const claim = claimCall(job, { turn: job.turn, index: 0, since }, { now, rules: defaultRules });
  if (claim.kind !== 'claimed') throw new Error(`not claimed: ${claim.kind}`);
  return claim.transition.after;
}

/** What the newest claimant of the job's first call has learnt. */
export function reportedCall(
  job: JobState,
  outcome: ToolOutcome,
  { stopped = false }: { stopped?: boolean } = {},
): Transition {
  const report = {
    turn: job.turn,
    index: 0,
    epoch: stepOf(job).epoch,
    outcome,
    stopped,
    link: 'link',
  };
  const context = { rules: defaultRules, now: 100, random: 0 };
  const decision = recordOutcome(job, report, context);
  if (decision.kind !== 'commit') throw new Error(`not committed: ${decision.kind}`);
  return decision.transition;
}
