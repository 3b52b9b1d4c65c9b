import type { Answer } from './reply.ts';

const CHARACTERS_PER_TOKEN = 4;
const USD_PER_INPUT_TOKEN = 0.15e-6;
const USD_PER_OUTPUT_TOKEN = 0.6e-6;

/** About four characters are a token. */
export function tokensOf(text: string): number {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN);
}

function textLength(answer: Answer): string {
  return (answer.text ?? '') + answer.toolCalls.map((call) => call.name + call.arguments).join('');
}

/** Cuts an answer to the tokens that may be put out: real endpoints cut tool calls too. */
export function limitAnswer(answer: Answer, maxTokens: number | undefined): Answer {
  if (maxTokens === undefined || tokensOf(textLength(answer)) <= maxTokens) return answer;
  let left = maxTokens * CHARACTERS_PER_TOKEN;
  const text = answer.text?.slice(0, left) ?? null;
  left -= text?.length ?? 0;
  const toolCalls = answer.toolCalls.flatMap((call) => {
    left -= call.name.length;
    if (left <= 0) return [];
    const cut = { ...call, arguments: call.arguments.slice(0, left) };
    left -= cut.arguments.length;
    return [cut];
  });
  return {
    ...answer,
    text: text ?? (toolCalls.length === 0 ? '' : null),
    toolCalls,
    finishReason: 'length',
  };
}

export type Usage = {
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
  cost?: number;
};

/** Approximate token counts, or those of the script. Gateways send `cost` in some answers only. */
export function usageOf(promptText: string, answer: Answer, withCost: boolean): Usage {
  const input = answer.usage?.inputTokens ?? tokensOf(promptText);
  const output = answer.usage?.outputTokens ?? tokensOf(textLength(answer));
  const scripted = answer.usage?.costUsd;
  const counted = input * USD_PER_INPUT_TOKEN + output * USD_PER_OUTPUT_TOKEN;
  const cost = scripted ?? (withCost ? Number(counted.toFixed(8)) : undefined);
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    ...(cost === undefined ? {} : { cost }),
  };
}
