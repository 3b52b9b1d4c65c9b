import { readData } from '../tools/read-data.ts';
import type { ChatRequest } from './chat-request.ts';
import type { EndpointRules } from './endpoint-rules.ts';
import { ModelError } from './model-error.ts';
import { tokensOf } from './usage.ts';

interface Refusal {
  readonly status: number;
  readonly code: string;
  /** With `{asked}` and `{most}`, in tokens. */
  readonly message: string;
}

/** How endpoints refuse a request that is too long for its model: there is no common form. */
const refusals = readData('context-refusals.json') as Record<
  EndpointRules['contextError'],
  Refusal
>;

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
  const told = message
    .replaceAll('{asked}', String(asked))
    .replaceAll('{most}', String(contextTokens));
  throw new ModelError(status, code, told, 'messages');
}
