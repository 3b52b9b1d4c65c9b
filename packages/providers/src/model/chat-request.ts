import type { Json, JsonObject } from '@pawl/contracts';
import {
  endpointTool,
  type EndpointTool,
  type ModelRequest,
  type OfferedTool,
  type Tool,
  wellFormedText,
} from '@pawl/engine';

/** How an endpoint wants the bound on the output to be called. */
export const outputLimitFields = ['max_completion_tokens', 'max_tokens'] as const;
export type OutputLimitField = (typeof outputLimitFields)[number];

export interface ChatRequestSettings {
  readonly outputLimitField?: OutputLimitField;
  readonly isStreamed?: boolean;
}

/**
 * The body of a chat completion, as JSON. Only what was asked for is in it, since endpoints differ in what they know:
 * options go through as they are, and a bound on the output is named only where there is one.
 */
export function chatRequest(
  request: ModelRequest,
  { outputLimitField = 'max_completion_tokens', isStreamed = false }: ChatRequestSettings = {},
): string {
  const {
    max_completion_tokens: optionCap,
    parallel_tool_calls: parallel,
    tools: _,
    ...options
  } = request.options;
  const caps = [optionCap, request.outputCap].filter((cap) => typeof cap === 'number');
  const { messages, tools, responseFormat } = request;
  const body = {
    ...options,
    model: request.model,
    messages: [...messages],
    ...(tools.length === 0
      ? withoutTools(messages)
      : {
          tool_choice: 'auto',
          // Endpoints refuse it where there are no tools.
          ...(parallel === undefined ? {} : { parallel_tool_calls: parallel }),
        }),
    ...(caps.length === 0 ? {} : { [outputLimitField]: Math.max(1, Math.min(...caps)) }),
    ...(responseFormat === undefined ? {} : { response_format: responseFormat }),
    ...(isStreamed ? { stream: true, stream_options: { include_usage: true } } : {}),
  };
  const text = textOf(body);
  if (tools.length === 0) return text;
  return `${text.slice(0, -1)},"tools":[${tools.map(textOfTool).join(',')}]}`;
}

/** Endpoints refuse a whole request for half a character, since that has no form in UTF-8. */
function textOf(value: JsonObject): string {
  return wellFormedText(JSON.stringify(value));
}

/** Lists of tools are cached, and so the same objects in many turns. */
const toolTexts = new WeakMap<Tool, { readonly name: string; readonly text: string }>();

/** Made once for each tool: tools are most of a request, and the same in each. */
function textOfTool({ name, tool }: OfferedTool): string {
  const known = toolTexts.get(tool);
  if (known?.name === name) return known.text;
  const text = textOf(functionTool(name, endpointTool(tool) ?? noParameters));
  toolTexts.set(tool, { name, text });
  return text;
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
