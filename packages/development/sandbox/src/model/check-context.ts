import type { ChatRequest } from './chat-request.ts';
import type { EndpointRules } from './endpoint-rules.ts';
import { ModelError } from './model-error.ts';
import { tokensOf } from './usage.ts';

interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: (asked: number, most: number) => string;
}

/** How endpoints refuse a request that is too long for its model: there is no common form. */
const refusals: Record<EndpointRules['contextError'], Refusal> = {
  openai: {
    status: 400,
    code: 'context_length_exceeded',
    message: (asked, most) =>
      `This model's maximum context length is ${most} tokens. However, your messages resulted in ${asked} tokens. Please reduce the length of the messages.`,
  },
  anthropic: {
    status: 400,
    code: 'invalid_request_error',
    message: (asked, most) => `prompt is too long: ${asked} tokens > ${most} maximum`,
  },
  gemini: {
    status: 400,
    code: 'INVALID_ARGUMENT',
    message: (asked, most) =>
      `The input token count (${asked}) exceeds the maximum number of tokens allowed (${most}).`,
  },
  vllm: {
    status: 400,
    code: 'BadRequestError',
    message: (asked, most) =>
      `This model's maximum context length is ${most} tokens. However, you requested ${asked} tokens (${asked} in the messages, 0 in the completion). Please reduce the length of the messages or completion.`,
  },
  mistral: {
    status: 400,
    code: 'invalid_request_prompt',
    message: (asked, most) =>
      `Prompt contains ${asked} tokens and 0 draft tokens, too large for model with ${most} maximum context length`,
  },
  'llama.cpp': {
    status: 400,
    code: 'exceed_context_size_error',
    message: (asked, most) =>
      `the request exceeds the available context size (${most} tokens), it has ${asked} tokens`,
  },
  litellm: {
    status: 400,
    code: '400',
    message: () =>
      'litellm.ContextWindowExceededError: litellm.BadRequestError: Context Window exceeded for given call.',
  },
  ollama: { status: 500, code: 'api_error', message: () => 'no user query found in messages' },
};

/** Refuses a request that is longer than the model's context, where the rules give it one. Throws `ModelError`. */
export function checkContext(
  request: ChatRequest,
  { contextTokens, contextError }: EndpointRules,
): void {
  if (contextTokens === undefined) return;
  const { messages, tools = [] } = request;
  const asked =
    tokensOf(JSON.stringify(messages)) + (tools.length === 0 ? 0 : tokensOf(JSON.stringify(tools)));
  if (asked <= contextTokens) return;
  const { status, code, message } = refusals[contextError];
  throw new ModelError(status, code, message(asked, contextTokens), 'messages');
}
