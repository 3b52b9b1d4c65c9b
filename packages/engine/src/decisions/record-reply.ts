import type { Json, JobState, StopReason, TurnRecord, Usage } from '@pawl/contracts';
import type { JobResult, ModelReply } from '../ports.ts';
import { change, end, nothing, type Change, type Nothing } from './change.ts';
import { exceedsToolCalls, limitBeforeTurn } from './limits.ts';
import type { PreparedCall } from './prepare-calls.ts';
import { freshStep } from './steps.ts';

export type ReplyDecision = { readonly kind: 'commit'; readonly change: Change } | Nothing;

/**
 * Stores the model's reply before any of its tool calls runs (invariant 4), and says what follows: the calls, the next
 * turn when every call was refused, or the end.
 */
export function recordReply(
  job: JobState,
  {
    epoch,
    reply,
    prepared,
    toolsLoaded,
    requestedModel,
  }: {
    toolsLoaded: number;
    /** The model that was asked, by the name that the job uses. */
    requestedModel?: string;
    epoch: number;
    reply: ModelReply;
    prepared: readonly PreparedCall[];
  },
  now: number,
): ReplyDecision {
  const { phase } = job;
  if (phase.name !== 'turn' || phase.step.status !== 'running' || phase.step.epoch !== epoch) {
    return nothing('the turn is no longer this claim’s');
  }
  const sequence = job.sequence + 1;
  const { step } = phase;
  const record: TurnRecord = {
    kind: 'turn',
    turn: job.turn,
    message: reply.message,
    finishReason: reply.finishReason,
    model: reply.model,
    ...(requestedModel === undefined ? {} : { requestedModel }),
    toolsLoaded,
    attempts: step.attempts + step.crashes + 1,
    startedAt: step.startedAt,
    finishedAt: now,
    inputTokens: reply.inputTokens,
    outputTokens: reply.outputTokens,
    costUsd: reply.costUsd,
  };
  const usage = addReply(job.usage, reply);
  const parts = {
    model: reply.model,
    events: [{ type: 'turn.completed', turn: job.turn, tool_calls: prepared.length } as const],
    steps: [record, ...prepared.flatMap((call) => call.records)],
  };
  if (prepared.length === 0) {
    const ending = endingOf(reply);
    const patch = { usage, turn: job.turn + 1 };
    return {
      kind: 'commit',
      change: end(job, ending, now, { ...parts, patch, result: resultOf(reply) }),
    };
  }
  const calls = prepared.map(({ call }) => call);
  const reached = { name: 'calls', calls } as const;
  const stopReason = stopBeforeCalls({ ...job, usage }, calls.length);
  if (stopReason !== undefined) {
    const patch = { usage, phase: reached };
    const ending = { status: 'incomplete', stopReason } as const;
    return {
      kind: 'commit',
      change: end(job, ending, now, { ...parts, patch, result: resultOf(reply) }),
    };
  }
  const counted = { ...usage, toolCalls: usage.toolCalls + calls.length };
  const allRefused = calls.every((call) => call.step.status === 'settled');
  const patch = allRefused
    ? { turn: job.turn + 1, phase: { name: 'turn', step: freshStep(sequence, now) } as const }
    : { phase: reached };
  return { kind: 'commit', change: change(job, { ...parts, patch: { ...patch, usage: counted } }) };
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

function endingOf(reply: ModelReply) {
  if (reply.finishReason === 'length') {
    return { status: 'incomplete', stopReason: 'output_limit' } as const;
  }
  if (reply.finishReason === 'content_filter') {
    return { status: 'incomplete', stopReason: 'content_filter' } as const;
  }
  return { status: 'completed' } as const;
}

/** `json` is there when the whole text is JSON: what a client with a `response_format` wants. */
function resultOf(reply: ModelReply): JobResult {
  const { content } = reply.message;
  const text = typeof content === 'string' ? content : '';
  try {
    const json = JSON.parse(text) as Json;
    return typeof json === 'object' && json !== null ? { text, json } : { text };
  } catch {
    return { text };
  }
}

function addReply(usage: Usage, reply: ModelReply): Usage {
  return {
    modelCalls: usage.modelCalls + 1,
    toolCalls: usage.toolCalls,
    inputTokens: usage.inputTokens + reply.inputTokens,
    outputTokens: usage.outputTokens + reply.outputTokens,
    costUsd: usage.costUsd + reply.costUsd,
  };
}
