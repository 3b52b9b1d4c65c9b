import type {
  CallRecord,
  Ending,
  JobState,
  JobStep,
  LateOutcome,
  OutcomeRecord,
  StepRecord,
  ToolCall,
  TurnRecord,
} from '@pawl/contracts';
import { instant } from '../domain/instant.ts';
import { mayHaveHappened } from '../tool-call/open-claims.ts';
import { isOutcomeUnknown } from '../tool-call/settle.ts';
import { responseFormatMismatch } from '../turn/response-format.ts';
import { awaitedUntil, isLookedUp } from './status.ts';
import { triesOf } from './steps.ts';

/** Every turn and tool call of a job in its order, the current ones included. */
export function stepViews(job: JobState, records: readonly StepRecord[]): JobStep[] {
  return [...presentCommittedSteps(job, records), ...presentCurrentTurn(job)];
}

/** The turns that have their reply, and their calls, as far as they are among the records. */
export function presentCommittedSteps(job: JobState, records: readonly StepRecord[]): JobStep[] {
  const turns = records.filter((record) => record.kind === 'turn');
  const calls = records.filter((record) => record.kind === 'call');
  const outcomes = byCall(records.filter((record) => record.kind === 'outcome'));
  const late = byCall(
    records.filter((record) => record.kind === 'late_outcome').toSorted(bySignificance),
  );
  return turns
    .toSorted((one, other) => one.turn - other.turn)
    .flatMap((turn) => [
      presentTurn(turn),
      ...calls
        .filter((call) => call.turn === turn.turn)
        .toSorted((one, other) => one.index - other.index)
        .map((call) =>
          presentCall(job, call, outcomes.get(callKey(call)), late.get(callKey(call))),
        ),
    ]);
}

function byCall<Record extends CallPlace>(records: readonly Record[]): Map<string, Record> {
  return new Map(records.map((record) => [callKey(record), record]));
}

/** Of several claims of a call that reported too late, the one that succeeded says most, else the newest. */
function bySignificance(one: LateOutcome, other: LateOutcome): number {
  const [succeeded, otherSucceeded] = [one, other].map(({ answer }) => 'output' in answer);
  return Number(succeeded) - Number(otherSucceeded) || one.epoch - other.epoch;
}

interface CallPlace {
  readonly turn: number;
  readonly index: number;
}

function callKey({ turn, index }: CallPlace): string {
  return `${turn} ${index}`;
}

function presentTurn(turn: TurnRecord): JobStep {
  return {
    type: 'turn',
    turn: turn.turn,
    status: 'completed',
    model: turn.model,
    tools_loaded: turn.toolsLoaded,
    output: turn.message,
    finish_reason: turn.finishReason,
    attempts: turn.attempts,
    input_tokens: turn.inputTokens,
    output_tokens: turn.outputTokens,
    cost_usd: turn.costUsd,
    error: null,
    started_at: instant(turn.startedAt),
    finished_at: instant(turn.finishedAt),
  };
}

/** The turn that has no reply: the current one, or the one that the job ended at. */
export function presentCurrentTurn(job: JobState): JobStep[] {
  const ending = job.phase.name === 'ended' ? job.phase.ending : undefined;
  const phase = job.phase.name === 'ended' ? job.phase.from : job.phase;
  if (phase.name !== 'turn' || (ending !== undefined && endedWithReply(ending))) return [];
  const { step } = phase;
  const lastFailure = 'lastFailure' in step ? step.lastFailure : undefined;
  const failure = ending?.status === 'failed' ? ending.failure : lastFailure;
  const endedAs = failure === undefined ? 'not_run' : 'failed';
  return [
    {
      type: 'turn',
      turn: job.turn,
      status: ending === undefined ? step.status : endedAs,
      model: null,
      tools_loaded: null,
      output: null,
      finish_reason: null,
      attempts: triesOf(step) + (step.status === 'running' ? 1 : 0),
      input_tokens: 0,
      output_tokens: 0,
      cost_usd: 0,
      error: failure ?? null,
      started_at: step.status === 'running' ? instant(step.startedAt) : null,
      finished_at: null,
    },
  ];
}

/** These endings are decided by a reply, which is a step of its own. */
function endedWithReply(ending: Ending): boolean {
  switch (ending.status) {
    case 'completed':
      return true;
    case 'incomplete':
      return ['output_limit', 'content_filter', 'refusal'].includes(ending.stopReason);
    case 'failed':
      return ending.failure.code === responseFormatMismatch;
    case 'cancelled':
    case 'expired':
      return false;
  }
}

function presentCall(
  job: JobState,
  call: CallRecord,
  recorded: OutcomeRecord | undefined,
  late: LateOutcome | undefined,
): JobStep {
  const current = currentCall(job, call);
  const step = current?.step;
  // An outcome that was recorded before the call is made again is out of date.
  const isPast =
    step?.status === 'ready' ||
    step?.status === 'blocked' ||
    step?.status === 'running' ||
    step?.status === 'awaiting_approval';
  const outcome = isPast ? undefined : recorded;
  const answer = outcome?.answer;
  const startedAt = outcome?.startedAt ?? (step?.status === 'running' ? step.startedAt : undefined);
  return {
    type: 'tool_call',
    turn: call.turn,
    index: call.index,
    id: call.callId,
    tool: call.tool,
    connection: call.connection,
    status: callStatus(job, { index: call.index, call: current }, outcome),
    input: call.arguments ?? null,
    output: answer !== undefined && 'output' in answer ? answer.output : null,
    attempts: outcome?.attempts ?? attemptsOf(current),
    error: answer !== undefined && 'failure' in answer ? answer.failure : null,
    late_outcome: late === undefined ? null : presentLate(late),
    started_at: startedAt === undefined ? null : instant(startedAt),
    finished_at: outcome === undefined ? null : instant(outcome.finishedAt),
  };
}

function presentLate({ answer, finishedAt }: LateOutcome) {
  return {
    output: 'output' in answer ? answer.output : null,
    error: 'failure' in answer ? answer.failure : null,
    at: instant(finishedAt),
  };
}

function currentCall(job: JobState, call: CallRecord): ToolCall | undefined {
  const phase = job.phase.name === 'ended' ? job.phase.from : job.phase;
  return phase.name === 'calls' && job.turn === call.turn ? phase.calls[call.index] : undefined;
}

function callStatus(
  job: JobState,
  { index, call }: { readonly index: number; readonly call: ToolCall | undefined },
  outcome: OutcomeRecord | undefined,
): Extract<JobStep, { type: 'tool_call' }>['status'] {
  if (call !== undefined && call.step.status !== 'settled') {
    if (job.phase.name !== 'ended') {
      if (isLookedUp(call.step)) return 'checking';
      return awaitedUntil(call.step) === undefined ? call.step.status : 'awaiting_result';
    }
    return mayHaveHappened(job, { index, call }) ? 'unknown' : 'not_run';
  }
  if (outcome === undefined) return 'not_run';
  if ('output' in outcome.answer) return 'succeeded';
  if (isOutcomeUnknown(outcome.answer.failure)) return 'unknown';
  // Refused before anybody claimed it.
  return outcome.attempts === 0 ? 'refused' : 'failed';
}

function attemptsOf(call: ToolCall | undefined): number {
  const step = call?.step;
  if (step === undefined || !('attempts' in step)) return 0;
  return triesOf(step) + (step.status === 'running' ? 1 : 0);
}
