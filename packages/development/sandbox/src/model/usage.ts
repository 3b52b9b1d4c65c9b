import type { Answer } from './reply.ts';

const charactersPerToken = 4;
const usdPerInputToken = 0.15e-6;
const usdPerOutputToken = 0.6e-6;

/** About four characters are a token. */
export function tokensOf(text: string): number {
  return Math.ceil(text.length / charactersPerToken);
}

function textLength(answer: Answer): string {
  return (answer.text ?? '') + answer.toolCalls.map((call) => call.name + call.arguments).join('');
}

/** Cuts an answer to the tokens that may be put out: real endpoints cut tool calls too. */
export function limitAnswer(answer: Answer, maxTokens: number | undefined): Answer {
  if (maxTokens === undefined || tokensOf(textLength(answer)) <= maxTokens) return answer;
  let left = maxTokens * charactersPerToken;
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

export interface Usage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly cost?: number;
}

/** Approximate token counts, or those of the script. Gateways send `cost` in some answers only. */
export function usageOf(promptText: string, answer: Answer, withCost: boolean): Usage {
  const input = answer.usage?.inputTokens ?? tokensOf(promptText);
  const output = answer.usage?.outputTokens ?? tokensOf(textLength(answer));
  const scripted = answer.usage?.costUsd;
  const counted = input * usdPerInputToken + output * usdPerOutputToken;
  const cost = scripted ?? (withCost ? Number(counted.toFixed(8)) : undefined);
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    ...(cost === undefined ? {} : { cost }),
  };
}
