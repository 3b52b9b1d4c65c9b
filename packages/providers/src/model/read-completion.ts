import type { JsonObject } from '@pawl/contracts';
import { requestedCalls, type ModelOutcome, type ModelReply } from '@pawl/engine';
import type { CleanText } from '../clean-text.ts';
import { isObject, membersOf, textOf } from '../read-json.ts';
import { messageIn, transientFailure } from './model-failure.ts';

/**
 * Reads the body of a 200. Gateways put errors into those too, and models break off: whatever is not a message that a
 * history can hold is worth another try.
 */
export function readCompletion(
  body: unknown,
  { model, clean }: { model: string; clean: CleanText },
): ModelOutcome {
  const unusable = (said: string): ModelOutcome =>
    transientFailure('model_invalid_response', clean(`The model endpoint answered ${said}`));
  if (!isObject(body)) return unusable('with something that is not a JSON object.');
  if (body['error'] !== undefined && body['error'] !== null) {
    return unusable(`with an error in a success: ${messageIn(body) ?? ''}`);
  }
  const { choices } = body;
  const choice: unknown = Array.isArray(choices) ? choices[0] : undefined;
  if (!isObject(choice)) return unusable('without choices.');
  if (choice['error'] !== undefined && choice['error'] !== null) {
    return unusable(`with an error in its choice: ${messageIn(choice) ?? ''}`);
  }
  const { message } = choice;
  if (!isObject(message) || message['role'] !== 'assistant') {
    return unusable('without an assistant message.');
  }
  const assistantMessage = message as JsonObject; // It was parsed from JSON.
  const calls = countCalls(assistantMessage);
  if (calls === undefined) return unusable('with tool calls that are malformed.');
  const finishReason = textOf(choice['finish_reason']) ?? (calls > 0 ? 'tool_calls' : 'stop');
  if (calls === 0 && saysNothing(assistantMessage) && finishReason === 'stop') {
    return unusable('with a message that says nothing and calls no tool.');
  }
  const reply: ModelReply = {
    message: assistantMessage,
    finishReason,
    model: textOf(body['model']) ?? model,
    ...usageOf(body['usage']),
  };
  return { kind: 'reply', reply };
}

/**
 * Endpoints offer 128 tools at most: a reply with more calls than that has run wild. It is also what one commit can
 * surely hold.
 */
const mostCalls = 128;

/** Undefined where the calls can't be read, or could not be answered one by one: their ids must tell them apart. */
function countCalls(message: JsonObject): number | undefined {
  try {
    const ids = requestedCalls(message).map(({ id }) => id);
    const usable = ids.length <= mostCalls && new Set(ids).size === ids.length && !ids.includes('');
    return usable ? ids.length : undefined;
  } catch {
    return undefined;
  }
}

/** Endpoints refuse a history with such a message, so it must not become part of one. */
function saysNothing({ content, refusal }: JsonObject): boolean {
  return (content ?? null) === null && (refusal ?? null) === null;
}

function usageOf(usage: unknown): Pick<ModelReply, 'inputTokens' | 'outputTokens' | 'costUsd'> {
  const { prompt_tokens: input, completion_tokens: output, cost } = membersOf(usage);
  return {
    inputTokens: Math.round(amount(input)),
    outputTokens: Math.round(amount(output)),
    costUsd: amount(cost),
  };
}

function amount(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0;
}
