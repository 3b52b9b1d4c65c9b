import type { JsonObject } from '@pawl/contracts';
import type { ModelRequest } from '@pawl/engine';

/**
 * The body of a chat completion. Only what was asked for is in it, since endpoints differ in what they know: options
 * go through as they are, and a bound on the output is named only where there is one.
 */
export function chatRequest(request: ModelRequest): JsonObject {
  const {
    max_completion_tokens: optionCap,
    parallel_tool_calls: parallel,
    ...options
  } = request.options;
  const caps = [optionCap, request.outputCap].filter((cap) => typeof cap === 'number');
  return {
    ...options,
    model: request.model,
    messages: [...request.messages],
    ...(request.tools.length === 0
      ? {}
      : {
          tools: request.tools.map(({ name, tool }) => ({
            type: 'function',
            function: { name, description: tool.description, parameters: tool.inputSchema },
          })),
          tool_choice: 'auto',
          // Endpoints refuse it where there are no tools.
          ...(parallel === undefined ? {} : { parallel_tool_calls: parallel }),
        }),
    ...(caps.length === 0 ? {} : { max_completion_tokens: Math.max(1, Math.min(...caps)) }),
    ...(request.responseFormat === undefined ? {} : { response_format: request.responseFormat }),
  };
}
