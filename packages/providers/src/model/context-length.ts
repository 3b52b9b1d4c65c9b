import { membersOf } from './parse-body.ts';

/** What an endpoint says of a request that is too long for its model. */
export interface TooLong {
  /** The part of the request that would have fitted, between 0 and 1, where the endpoint gives its numbers. */
  readonly fits?: number;
}

const codes = new Set([
  'context_length_exceeded',
  'context_window_exceeded',
  'exceed_context_size_error',
  'model_context_window_exceeded',
  'request_too_large',
  'string_above_max_length',
]);

/** Messages can be megabytes long. */
const readCharacters = 20_000;

/** In the words of OpenAI, Azure, vLLM and OpenRouter first, then of the others that are named. */
const wordings = [
  /maximum context length/i,
  /context[ _-]?(?:length|window|size|limit)[^.]{0,40}exceed/i,
  /exceed[^.]{0,60}context[ _-]?(?:length|window|size|limit)/i,
  /reduce the length of the (?:messages|prompt|input)/i,
  /request too large for/i, // OpenAI and Groq: one request above a whole minute's tokens
  /(?:prompt|input|request) is too long/i, // Anthropic, Bedrock
  /input token count[^.]{0,60}exceed/i, // Gemini
  /tokens? (?:count )?exceeds the (?:maximum|max|limit)/i, // Gemini on Vertex, DeepSeek, Qwen
  /too large for model with \d+ maximum context/i, // Mistral
  /exceeds the available context/i, // llama.cpp
  /greater than the context length/i, // LM Studio
  /when context the overflows|context overflow/i, // LM Studio, as it writes it
  /the model context window is \d+/i,
  /maximum prompt length is \d+/i, // xAI
  /exceeded model token limit/i, // Moonshot
  /range of input length should be/i, // Qwen
  /no user query found in messages/i, // Ollama: it has cut the prompt away from the front
  /contextwindowexceedederror/i, // LiteLLM
];

/**
 * Whether an error, from its body and the text that was found in it, says that the request was too long for the model.
 * There is no common code for it: most endpoints say so in words alone.
 */
export function tooLong(
  status: number,
  body: unknown,
  said: string | undefined,
): TooLong | undefined {
  const { code, type } = { ...membersOf(body), ...membersOf(membersOf(body)['error']) };
  const text = (said ?? '').slice(0, readCharacters);
  const named = [code, type].some((name) => typeof name === 'string' && codes.has(name));
  // Bedrock and others ask for fewer requests in words that are almost the same.
  const worded =
    status === 429
      ? /request too large for/i.test(text)
      : wordings.some((wording) => wording.test(text));
  if (!named && !worded && status !== 413) return undefined;
  const fits = partThatFits(text);
  return fits === undefined ? {} : { fits };
}

const limit =
  /(?:maximum|max|limit|context (?:length|window|size)|available|allowed|range)[^\d]{0,60}?(\d[\d,]{2,})|> (\d[\d,]{2,})|with (\d[\d,]{2,}) maximum/i;

/** From texts such as "maximum context length is 8192 tokens. However, your messages resulted in 10061 tokens". */
function partThatFits(text: string): number | undefined {
  const words = text.slice(0, 2_000);
  const most = numberOf(
    limit
      .exec(words)
      ?.slice(1)
      .find((group) => group !== undefined),
  );
  const asked = Math.max(
    ...(words.match(/\d[\d,]{2,}/g) ?? []).map((match) => numberOf(match) ?? 0),
  );
  return most !== undefined && most > 0 && asked > most ? most / asked : undefined;
}

function numberOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text.replaceAll(',', ''));
}
