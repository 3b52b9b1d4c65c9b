import type {
  Correction,
  Ending,
  JobState,
  Json,
  StopReason,
  TurnRecord,
  Usage,
} from '@pawl/contracts';
import { nextState, end, nothing, type CommitOrNothing } from '../commit/next-state.ts';
import type { JobResult } from '../domain/job.ts';
import type { ModelReply, ReplyUsage } from '../domain/model.ts';
import { exceedsToolCalls, limitBeforeTurn } from '../job/limits.ts';
import { freshStep, triesOf } from '../job/steps.ts';
import type { PreparedCall } from '../tool-call/prepare.ts';
import { meaningOf, notMadeBecause, stopReasonOf, textOfReply } from './reply-meaning.ts';
import { type AnswerCheck, correctionOf, mismatch, readJson } from './response-format.ts';
import type { TransitionContext } from '../domain/rules.ts';

export type ReplyDecision = CommitOrNothing;

interface RecordedReply {
  readonly epoch: number;
  readonly reply: ModelReply;
  /** Its calls; none of them is open where the reply means that none is made (`notMadeBecause`). */
  readonly prepared: readonly PreparedCall[];
  readonly toolsLoaded: number;
  /** The model that was asked, by the name that the job uses. */
  readonly requestedModel?: string;
  /** A final answer beside the job's `response_format`; default: the job has none. */
  readonly answer?: AnswerCheck;
}

/**
 * Stores the model's reply before any of its tool calls runs (invariant 4), and says what follows: the calls, the next
 * turn when no call is made or the answer has to be corrected, or the end.
 */
export function recordReply(
  job: JobState,
  { epoch, reply, prepared, toolsLoaded, requestedModel, answer = { kind: 'free' } }: RecordedReply,
  { now }: Pick<TransitionContext, 'now'>,
): ReplyDecision {
  const { phase } = job;
  if (phase.name !== 'turn' || phase.step.status !== 'running' || phase.step.epoch !== epoch) {
    return nothing('the turn is no longer this claim’s');
  }
  const { step } = phase;
  const record: TurnRecord = {
    kind: 'turn',
    turn: job.turn,
    message: reply.message,
    finishReason: reply.finishReason,
    model: reply.model,
    ...(requestedModel === undefined ? {} : { requestedModel }),
    toolsLoaded,
    attempts: triesOf(step) + 1,
    startedAt: step.startedAt,
    finishedAt: now,
    inputTokens: reply.inputTokens,
    outputTokens: reply.outputTokens,
    costUsd: reply.costUsd,
    ...(answer.kind === 'misfit' ? { correction: correctionOf(answer.problems) } : {}),
  };
  const counted = { ...job, usage: addReply(job.usage, reply) };
  const next =
    prepared.length === 0
      ? afterAnswer(counted, { reply, answer }, now)
      : afterCalls(counted, { reply, prepared, answer }, now);
  const parts = {
    model: reply.model,
    patch: next.patch,
    events: [{ type: 'turn.completed', turn: job.turn, tool_calls: prepared.length } as const],
    steps: [record, ...prepared.flatMap((call) => call.records)],
    ...(next.result === undefined ? {} : { result: next.result }),
  };
  return {
    kind: 'commit',
    transition:
      next.ending === undefined ? nextState(job, parts) : end(job, next.ending, now, parts),
  };
}

/**
 * What was spent on an answer that came after its turn had become another claim's: it is counted, and nothing else is
 * taken from it. A job that has ended stays as it is (invariant 7).
 */
export function countSuperseded(job: JobState, { spent }: { spent: ReplyUsage }): ReplyDecision {
  if (job.phase.name === 'ended') return nothing('the job has ended');
  const patch = { usage: addReply(job.usage, spent) };
  return { kind: 'commit', transition: nextState(job, { patch, model: spent.model }) };
}

/** What follows a reply. Without an ending, the job goes on. */
interface Next {
  readonly patch: Partial<Omit<JobState, 'id' | 'sequence'>>;
  readonly ending?: Ending;
  readonly result?: JobResult;
}

/** @param job with the reply counted */
function afterAnswer(
  job: JobState,
  { reply, answer }: { reply: ModelReply; answer: AnswerCheck },
  now: number,
): Next {
  const { usage } = job;
  const patch = { usage, turn: job.turn + 1 };
  const stopReason = stopReasonOf(meaningOf(reply));
  const result = resultOf(reply, answer);
  if (stopReason !== undefined) {
    return { patch, ending: { status: 'incomplete', stopReason }, result };
  }
  if (answer.kind !== 'misfit') return { patch, ending: { status: 'completed' }, result };
  const mayCorrect = !isCorrected(job, 'response_format') && limitBeforeTurn(job) === undefined;
  return mayCorrect
    ? { patch: { ...nextTurn(job, now), corrections: corrected(job, 'response_format') } }
    : { patch, ending: { status: 'failed', failure: mismatch(answer.problems) }, result };
}

/** @param job with the reply counted */
function afterCalls(
  job: JobState,
  {
    reply,
    prepared,
    answer,
  }: { reply: ModelReply; prepared: readonly PreparedCall[]; answer: AnswerCheck },
  now: number,
): Next {
  const calls = prepared.map(({ call }) => call);
  const reached = { name: 'calls', calls } as const;
  const meaning = meaningOf(reply);
  const allRefused = calls.every((call) => call.step.status === 'settled');
  if (notMadeBecause(meaning) !== undefined && !allRefused) {
    throw new Error('a call of a reply that is not whole must not be made');
  }
  const exceeded = stopBeforeCalls(job, calls.length);
  if (exceeded !== undefined) {
    const ending = { status: 'incomplete', stopReason: exceeded } as const;
    return { patch: { usage: job.usage, phase: reached }, ending, result: resultOf(reply, answer) };
  }
  const usage = { ...job.usage, toolCalls: job.usage.toolCalls + calls.length };
  if (!allRefused) return { patch: { usage, phase: reached } };
  const next = { ...nextTurn(job, now), usage };
  // None of these: the calls were refused one by one, each for a reason of its own.
  if (meaning !== 'cut_off' && meaning !== 'filtered') return { patch: next };
  const stopReason = meaning === 'cut_off' ? 'output_limit' : 'content_filter';
  return isCorrected(job, stopReason)
    ? {
        patch: { usage, turn: job.turn + 1 },
        ending: { status: 'incomplete', stopReason },
        result: resultOf(reply, answer),
      }
    : { patch: { ...next, corrections: corrected(job, stopReason) } };
}

function nextTurn(job: JobState, now: number): Next['patch'] {
  return {
    usage: job.usage,
    turn: job.turn + 1,
    phase: { name: 'turn', step: freshStep(job.sequence + 1, now) },
  };
}

function isCorrected({ corrections = [] }: JobState, correction: Correction): boolean {
  return corrections.includes(correction);
}

function corrected({ corrections = [] }: JobState, correction: Correction): Correction[] {
  return [...corrections, correction];
}

/**
 * Calls whose results no model call could read are not run either: a limit that forbids the next turn stops the job
 * here (invariant 10).
 */
function stopBeforeCalls(
  job: Pick<JobState, 'limits' | 'usage'>,
  batch: number,
): StopReason | undefined {
  return exceedsToolCalls(job, batch) ? 'tool_calls' : limitBeforeTurn(job);
}

/**
 * `json` is there where the answer fits the job's `response_format`; for a job without one, where the whole text is a
 * JSON object or array.
 */
function resultOf({ message }: ModelReply, answer: AnswerCheck): JobResult {
  const text = textOfReply(message);
  switch (answer.kind) {
    case 'fits':
      return { text, json: answer.json };
    case 'not_final':
    case 'unchecked':
    case 'misfit':
      return { text };
    case 'free': {
      const json = jsonIn(text);
      return json === undefined ? { text } : { text, json };
    }
  }
}

function jsonIn(text: string): Json | undefined {
  if (!/^\s*[{[]/.test(text)) return undefined;
  const read = readJson(text);
  return 'json' in read ? read.json : undefined;
}

/** What a job has used, with one more reply of the model. */
export function addReply(usage: Usage, reply: ReplyUsage): Usage {
  return {
    ...usage,
    modelCalls: usage.modelCalls + 1,
    inputTokens: usage.inputTokens + reply.inputTokens,
    outputTokens: usage.outputTokens + reply.outputTokens,
    costUsd: usage.costUsd + reply.costUsd,
  };
}
