import type {
  CallRecord,
  Ending,
  Failure,
  JobState,
  Json,
  JsonObject,
  OutcomeRecord,
  StepRecord,
  ToolCall,
} from '@pawl/contracts';
import { mayHaveHappened } from './claims.ts';
import type { PlacedCall } from './outcome-record.ts';
import { outcomeUnknown } from './unknown-outcome.ts';

/** What a job adds to the messages of its conversation. */
export interface JobHistory {
  readonly job: JobState;
  readonly prompt: string;
  readonly steps: readonly StepRecord[];
}

/**
 * The messages of one job, derived from its steps: the prompt, every committed reply as it came, and for each of its
 * tool calls exactly one answer, real or synthetic (invariant 6). So a history can't be written that an endpoint
 * would refuse.
 */
export function messagesOf({ job, prompt, steps }: JobHistory): JsonObject[] {
  const calls = groupByTurn(steps.filter((step) => step.kind === 'call'));
  const outcomes = new Map(
    steps.flatMap((step) =>
      step.kind === 'outcome' ? [[`${step.turn} ${step.index}`, step] as const] : [],
    ),
  );
  const turns = steps
    .filter((step) => step.kind === 'turn')
    .toSorted((one, other) => one.turn - other.turn);
  return [
    { role: 'user', content: prompt },
    ...turns
      .filter(({ message }) => saysSomething(message))
      .flatMap((turn) => [
        turn.message,
        ...(calls.get(turn.turn) ?? []).map((call) =>
          answerTo(call, outcomes.get(`${call.turn} ${call.index}`), job),
        ),
      ]),
  ];
}

/** An answer without text and without calls, as one that was cut off can be, is refused by some endpoints. */
function saysSomething({ content, tool_calls: calls }: JsonObject): boolean {
  const hasContent = content !== undefined && content !== null && content !== '';
  return hasContent || (Array.isArray(calls) && calls.length > 0);
}

/**
 * The messages of a conversation's earlier jobs, oldest first, without its oldest jobs where they are more than
 * `characters` of JSON: whole jobs, so that what is left is still well-formed.
 */
export function recentMessages(
  histories: readonly JobHistory[],
  { characters }: { characters: number },
): RecentMessages {
  const kept: JsonObject[][] = [];
  let used = 0;
  for (const history of histories.toReversed()) {
    const messages = messagesOf(history);
    const length = JSON.stringify(messages).length;
    if (used + length > characters) break;
    used += length;
    kept.push(messages);
  }
  return {
    messages: kept.toReversed().flat(),
    characters: used,
    complete: kept.length === histories.length,
  };
}

export interface RecentMessages {
  readonly messages: JsonObject[];
  /** How many they are as JSON. */
  readonly characters: number;
  /** False: an older job did not fit. */
  readonly complete: boolean;
}

function groupByTurn(calls: readonly CallRecord[]): Map<number, CallRecord[]> {
  const groups = new Map<number, CallRecord[]>();
  for (const call of calls.toSorted((one, other) => one.index - other.index)) {
    const group = groups.get(call.turn);
    if (group === undefined) groups.set(call.turn, [call]);
    else group.push(call);
  }
  return groups;
}

function answerTo(call: CallRecord, outcome: OutcomeRecord | undefined, job: JobState): JsonObject {
  const answer = answerOf(call, outcome, job);
  const content: Json = 'output' in answer ? answer.output : { error: errorOf(answer.failure) };
  return { role: 'tool', tool_call_id: call.callId, content: textOf(content) };
}

/** What was recorded of a call that is not settled was said while it could still be: only its state counts. */
function answerOf(
  record: CallRecord,
  outcome: OutcomeRecord | undefined,
  job: JobState,
): OutcomeRecord['answer'] {
  const { phase } = job;
  if (phase.name !== 'ended' || phase.from.name !== 'calls' || job.turn !== record.turn) {
    return outcome?.answer ?? { failure: outcomeUnknown('it has no outcome yet') };
  }
  const call = phase.from.calls[record.index];
  return call !== undefined && call.step.status !== 'settled'
    ? { failure: unanswered(job, { index: record.index, call }, phase.ending) }
    : (outcome?.answer ?? { failure: outcomeUnknown('its outcome was not kept') });
}

function errorOf({ code, message }: Failure): JsonObject {
  return { code, message };
}

function textOf(content: Json): string {
  return typeof content === 'string' ? content : JSON.stringify(content);
}

/** Why a call of an ended job has no outcome. */
function unanswered(job: JobState, placed: PlacedCall, ending: Ending): Failure {
  if (mayHaveHappened(job, placed)) return outcomeUnknown(doubtOf(placed.call));
  return ending.status === 'incomplete'
    ? {
        code: 'limit',
        message: 'The call was not made: the job reached one of its limits.',
        retryable: false,
      }
    : {
        code: 'cancelled',
        message: 'The call was not made: the job ended before it started.',
        retryable: false,
      };
}

function doubtOf({ step }: ToolCall): string {
  switch (step.status) {
    case 'unknown':
      return step.reason;
    case 'running':
      return 'the job ended while the call was in flight';
    case 'ready':
    case 'blocked':
    case 'settled':
      return 'its answer was lost, and the job ended before it was made again';
  }
}
