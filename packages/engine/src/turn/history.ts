import type {
  CallRecord,
  Ending,
  Failure,
  JobState,
  Json,
  JsonObject,
  OutcomeRecord,
  ToolCall,
  TurnRecord,
} from '@pawl/contracts';
import type { JobHistory } from '../domain/job.ts';
import type { PlacedCall } from '../domain/tool.ts';
import { mayHaveHappened } from '../tool-call/open-claims.ts';
import { outcomeUnknown } from '../tool-call/settle.ts';
import { shownParts } from './prompt-content.ts';
import { hasInexactNumber } from './json-text.ts';

/** A reply of the model, and what is said of each of its calls. */
export interface HistoryTurn {
  readonly record: TurnRecord;
  readonly calls: readonly AnsweredCall[];
}

export interface AnsweredCall {
  readonly record: CallRecord;
  readonly answer: OutcomeRecord['answer'];
}

/**
 * A job's turns in their order, derived from its steps: every committed reply as it came, and for each of its tool
 * calls exactly one answer, real or synthetic (invariant 6).
 */
export function turnsOf({ job, steps }: Pick<JobHistory, 'job' | 'steps'>): HistoryTurn[] {
  const calls = groupByTurn(steps.filter((step) => step.kind === 'call'));
  const outcomes = new Map(
    steps.flatMap((step) =>
      step.kind === 'outcome' ? [[`${step.turn} ${step.index}`, step] as const] : [],
    ),
  );
  return steps
    .filter((step) => step.kind === 'turn')
    .toSorted((one, other) => one.turn - other.turn)
    .map((record) => ({
      record,
      calls: (calls.get(record.turn) ?? []).map((call) => ({
        record: call,
        answer: answerOf(call, outcomes.get(`${call.turn} ${call.index}`), job),
      })),
    }));
}

/** The messages of one job as they were said, for people: `modelMessages` makes of them what an endpoint takes. */
export function messagesOf(history: JobHistory): JsonObject[] {
  return [
    shownPrompt(history),
    ...turnsOf(history)
      .filter(({ record }) => saysSomething(record.message))
      .flatMap(({ record, calls }) => [
        record.message,
        ...calls.map((call) => ({
          role: 'tool',
          tool_call_id: call.record.callId,
          content: answerText(call.answer, call.record),
        })),
        ...(record.correction === undefined ? [] : [{ role: 'user', content: record.correction }]),
      ]),
  ];
}

/** What a person said, its data named and not repeated. */
function shownPrompt({ prompt, content }: JobHistory): JsonObject {
  const parts = content === undefined ? undefined : shownParts(content);
  const message = { role: 'user', content: prompt };
  return parts === undefined ? message : { ...message, parts: parts as unknown as JsonObject[] };
}

/** An answer without text and without calls, as one that was cut off can be, is nothing to be shown. */
function saysSomething({ content, tool_calls: calls }: JsonObject): boolean {
  const hasContent = content !== undefined && content !== null && content !== '';
  return hasContent || (Array.isArray(calls) && calls.length > 0);
}

/** The newest of a conversation's jobs, the oldest first, as many as have so many characters at most. */
export function recentJobs<Job extends { readonly characters: number }>(
  jobs: readonly Job[],
  characters: number,
): RecentJobs<Job> {
  let used = 0;
  const first = jobs.findLastIndex((job) => {
    if (used + job.characters > characters) return true;
    used += job.characters;
    return false;
  });
  return { jobs: jobs.slice(first + 1), characters: used, complete: first === -1 };
}

export interface RecentJobs<Job> {
  readonly jobs: readonly Job[];
  /** How many they have together. */
  readonly characters: number;
  /** False: an older job did not fit. */
  readonly complete: boolean;
}

/** The characters of messages as JSON. */
export function lengthOf(messages: readonly JsonObject[]): number {
  return JSON.stringify(messages).length;
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

/** What a model reads as the result of a call: never empty, since endpoints refuse that. */
export function answerText(answer: OutcomeRecord['answer'], record?: CallRecord): string {
  const content: Json = 'output' in answer ? answer.output : { error: errorOf(answer.failure) };
  const text = resultText(content);
  const notices = [
    ...(hasInexactNumber(content) ? [inexactNotice] : []),
    ...(record?.edited === true
      ? [
          `(A person changed the arguments before the call was made: ${JSON.stringify(record.arguments)})`,
        ]
      : []),
  ];
  return [text, ...notices].join('\n');
}

/** A result as text: itself where it is one that says something, else its JSON. */
export function resultText(content: Json): string {
  return typeof content === 'string' && content.trim() !== '' ? content : JSON.stringify(content);
}

export const inexactNotice =
  '(The last digits of numbers above 9007199254740991 may be wrong: they were lost on the way here. ' +
  'Do not use such a number as an identifier.)';

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

/** What kind of failure it is, what the other side said, and whether the same call may succeed later. */
function errorOf({ code, message, retryable }: Failure): JsonObject {
  return { code, message, retryable };
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
    case 'awaiting_approval':
    case 'settled':
      return 'its answer was lost, and the job ended before it was made again';
  }
}
