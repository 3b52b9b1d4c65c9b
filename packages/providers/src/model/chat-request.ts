import type { Json, JsonObject } from '@pawl/contracts';
import { endpointTool, wellFormed, type EndpointTool, type ModelRequest } from '@pawl/engine';

/** How an endpoint wants the bound on the output to be called. */
export const outputLimitFields = ['max_completion_tokens', 'max_tokens'] as const;
export type OutputLimitField = (typeof outputLimitFields)[number];

/**
 * The body of a chat completion. Only what was asked for is in it, since endpoints differ in what they know: options
 * go through as they are, and a bound on the output is named only where there is one.
 */
export function chatRequest(
  request: ModelRequest,
  { outputLimitField = 'max_completion_tokens' }: { outputLimitField?: OutputLimitField } = {},
): JsonObject {
  const {
    max_completion_tokens: optionCap,
    parallel_tool_calls: parallel,
    ...options
  } = request.options;
  const caps = [optionCap, request.outputCap].filter((cap) => typeof cap === 'number');
  const tools = request.tools.map(({ name, tool }) =>
    functionTool(name, endpointTool(tool) ?? noParameters),
  );
  return wellFormed({
    ...options,
    model: request.model,
    messages: [...request.messages],
    ...(tools.length === 0
      ? withoutTools(request.messages)
      : {
          tools,
          tool_choice: 'auto',
          // Endpoints refuse it where there are no tools.
          ...(parallel === undefined ? {} : { parallel_tool_calls: parallel }),
        }),
    ...(caps.length === 0 ? {} : { [outputLimitField]: Math.max(1, Math.min(...caps)) }),
    ...(request.responseFormat === undefined ? {} : { response_format: request.responseFormat }),
  });
}

/**
 * Anthropic and Bedrock refuse a history with calls in a request without tools: the tools of those calls are named, and
 * must not be called.
 */
function withoutTools(messages: readonly JsonObject[]): JsonObject {
  const calls = messages.flatMap(({ tool_calls: list }) => (Array.isArray(list) ? list : []));
  const names = new Set(calls.map(nameOfCall).filter((name) => name !== ''));
  if (names.size === 0) return {};
  return {
    tools: [...names].slice(0, 128).map((name) => functionTool(name, noParameters)),
    tool_choice: 'none',
  };
}

function nameOfCall(call: Json): string {
  const { function: called } = call as { function?: { name?: Json } };
  return typeof called?.name === 'string' ? called.name : '';
}

const noParameters = {
  description: 'Not available.',
  parameters: { type: 'object', properties: {} },
};

function functionTool(
  name: string,
  { description, parameters }: Omit<EndpointTool, 'ownNames'>,
): JsonObject {
  return { type: 'function', function: { name, description, parameters } };
}
