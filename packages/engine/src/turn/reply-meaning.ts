import type { Failure, JsonObject, StopReason } from '@pawl/contracts';

/**
 * What the model's reply means for its job: `finish_reason` × what the message holds. The table is closed: a value that
 * is not listed is a reply that cannot be used. `docs/endpoints.md` shows the same table, and a test compares them.
 */
export const replyMeanings = {
  stop: {
    calls: 'make_calls',
    text: 'answer',
    refusal: 'refused',
    calls_and_refusal: 'unusable',
    nothing: 'unusable',
  },
  // Without a call, the calls that the endpoint speaks of were lost on the way: what is left is not the answer.
  tool_calls: {
    calls: 'make_calls',
    text: 'unusable',
    refusal: 'unusable',
    calls_and_refusal: 'unusable',
    nothing: 'unusable',
  },
  length: {
    calls: 'cut_off',
    text: 'cut_off',
    refusal: 'refused',
    calls_and_refusal: 'cut_off',
    nothing: 'cut_off',
  },
  content_filter: {
    calls: 'filtered',
    text: 'filtered',
    refusal: 'filtered',
    calls_and_refusal: 'filtered',
    nothing: 'filtered',
  },
  anything_else: {
    calls: 'unusable',
    text: 'unusable',
    refusal: 'unusable',
    calls_and_refusal: 'unusable',
    nothing: 'unusable',
  },
} as const satisfies Record<string, Record<ReplyContent, ReplyMeaning>>;

/** What a message holds of what can decide anything. */
export type ReplyContent = 'calls' | 'text' | 'refusal' | 'calls_and_refusal' | 'nothing';

/**
 * - `make_calls`: its tool calls are made.
 * - `answer`: it is the job's final answer.
 * - `refused`: the model refuses; the job ends with the refusal as its text.
 * - `cut_off`, `filtered`: the reply is not whole. Its calls are not made, and its text is partial.
 * - `unusable`: the call of the model has failed, and is made again.
 */
export type ReplyMeaning =
  | 'make_calls'
  | 'answer'
  | 'refused'
  | 'cut_off'
  | 'filtered'
  | 'unusable';

export type FinishReason = keyof typeof replyMeanings;

/** The values of `finish_reason` that endpoints send, in small letters, and the row of the table that each one is. */
export const finishReasons: Readonly<Record<string, Exclude<FinishReason, 'anything_else'>>> = {
  stop: 'stop',
  stop_sequence: 'stop',
  end_turn: 'stop',
  eos: 'stop',
  eos_token: 'stop',
  tool_calls: 'tool_calls',
  tool_use: 'tool_calls',
  function_call: 'tool_calls',
  length: 'length',
  max_tokens: 'length',
  model_length: 'length',
  model_context_window_exceeded: 'length',
  content_filter: 'content_filter',
  safety: 'content_filter',
  recitation: 'content_filter',
  prohibited_content: 'content_filter',
  sensitive: 'content_filter',
  refusal: 'content_filter',
};

interface ReadReply {
  readonly finishReason: string;
  readonly message: JsonObject;
}

/** @param reply with a message as the model client reads it: `content` is text or null, `tool_calls` are well-formed */
export function meaningOf({ finishReason, message }: ReadReply): ReplyMeaning {
  return replyMeanings[finishReasonOf(finishReason)][contentOf(message)];
}

export function finishReasonOf(value: string): FinishReason {
  const name = value.trim().toLowerCase();
  return Object.hasOwn(finishReasons, name)
    ? (finishReasons[name] ?? 'anything_else')
    : 'anything_else';
}

export function contentOf(message: JsonObject): ReplyContent {
  const { tool_calls: calls, content, refusal } = message;
  const refuses = saysSomething(refusal);
  if (Array.isArray(calls) && calls.length > 0) return refuses ? 'calls_and_refusal' : 'calls';
  if (refuses) return 'refusal';
  return saysSomething(content) ? 'text' : 'nothing';
}

/** The text of a message: its content, its refusal, or both where a model refuses in the middle of its answer. */
export function textOfReply({ content, refusal }: JsonObject): string {
  const texts = [content, refusal].flatMap((text) =>
    typeof text === 'string' && text !== '' ? [text] : [],
  );
  return [...new Set(texts)].join('\n\n');
}

/** Whether a text has a character that can be seen: blanks, control characters and zero-width ones can't. */
export function saysSomething(text: unknown): text is string {
  return typeof text === 'string' && /[^\s\p{Cc}\p{Cf}\p{Z}]/u.test(text);
}

/** Why a reply ends its job before its answer; undefined where it does not. */
export function stopReasonOf(meaning: ReplyMeaning): StopReason | undefined {
  switch (meaning) {
    case 'cut_off':
      return 'output_limit';
    case 'filtered':
      return 'content_filter';
    case 'refused':
      return 'refusal';
    case 'make_calls':
    case 'answer':
    case 'unusable':
      return undefined;
  }
}

/** What the model is told of the calls of a reply that is not whole; undefined where its calls may be made. */
export function notMadeBecause(meaning: ReplyMeaning): Failure | undefined {
  switch (meaning) {
    case 'cut_off':
      return notMade(
        'reply_cut_off',
        'The call was not made: the reply that asked for it was cut off at the longest output that is allowed. ' +
          'Ask again with a shorter reply, with fewer calls or shorter arguments.',
      );
    case 'filtered':
      return notMade(
        'reply_filtered',
        'The call was not made: a content filter stopped the reply that asked for it before its end.',
      );
    case 'make_calls':
    case 'answer':
    case 'refused':
    case 'unusable':
      return undefined;
  }
}

function notMade(code: string, message: string): Failure {
  return { code, message, retryable: false };
}
