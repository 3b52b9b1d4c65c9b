import type { ChatMessage, ChatRequest } from './chat-request.ts';
import { checkContext } from './check-context.ts';
import { schemaProblem } from './check-parameters.ts';
import type { EndpointRules } from './endpoint-rules.ts';
import { askOfTools } from './known-tools.ts';
import { invalidRequest, ModelError } from './model-error.ts';

/** Everything that a rule which is switched on refuses. Throws `ModelError`. */
export function checkStrictly(request: ChatRequest, rules: EndpointRules): void {
  const { messages, tools = [] } = request;
  if (rules.wellFormedText) checkText(request);
  if (rules.alternation) checkAlternation(messages);
  if (rules.nonEmptyContent) checkContent(messages);
  if (!rules.contentParts) checkParts(messages);
  checkCalls(messages, rules);
  if (rules.knownMessageFields) checkFields(messages);
  const hasCalls = messages.some((message) => message.role === 'assistant' && message.tool_calls);
  if (rules.toolsForCalls && hasCalls && tools.length === 0) {
    throw invalidRequest(
      'Requests which have tool_use or tool_result blocks in messages must define tools.',
      'tools',
    );
  }
  for (const [index, { function: tool }] of tools.entries()) {
    const problem = schemaProblem(tool.parameters, rules);
    if (problem === undefined) continue;
    throw invalidRequest(
      `Invalid schema for function '${tool.name}': ${problem}`,
      `tools[${index}].function.parameters`,
      'invalid_function_parameters',
    );
  }
  checkOutputLimit(request, rules);
  checkContext(request, rules);
}

const halfEscape = /^\\u[dD][89a-fA-F]/;
const escapes =
  /\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\./gs;

/** In the text of arguments a half stands as an escape, too. */
function hasHalf(text: string): boolean {
  const whole = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;
  return (
    whole.test(text) ||
    (text.match(escapes) ?? []).some((escape) => escape.length === 6 && halfEscape.test(escape))
  );
}

function checkText(request: ChatRequest): void {
  // A half that stands in a string itself is an escape in its JSON.
  const { tools = [], ...others } = request;
  const body = JSON.stringify(others);
  const inArguments = request.messages.some(
    (message) =>
      message.role === 'assistant' &&
      message.tool_calls?.some((call) => hasHalf(call.function.arguments)),
  );
  if (hasHalf(body) || inArguments || askOfTools(tools, hasHalf)) {
    throw invalidRequest('The request body is not valid JSON: no low surrogate in string', 'body');
  }
}

function checkAlternation(messages: readonly ChatMessage[]): void {
  let before: ChatMessage | undefined;
  for (const [index, message] of messages.entries()) {
    const problem = orderProblem(before, message);
    if (problem !== undefined) {
      throw invalidRequest(problem, `messages[${index}].role`, 'invalid_request_message_order');
    }
    before = message;
  }
  if (before?.role === 'assistant') {
    throw invalidRequest('Expected last role User or Tool but got assistant', 'messages');
  }
}

/** After a message each role has those that may follow it. */
function orderProblem(before: ChatMessage | undefined, { role }: ChatMessage): string | undefined {
  const from = before === undefined || before.role === 'developer' ? 'system' : before.role;
  const next: Record<string, readonly string[]> = {
    system: ['system', 'developer', 'user'],
    user: ['assistant'],
    assistant: before?.role === 'assistant' && before.tool_calls ? ['tool'] : ['user'],
    tool: ['tool', 'assistant'],
  };
  return next[from]?.includes(role) === true
    ? undefined
    : `Unexpected role '${role}' after role '${from}'`;
}

function checkContent(messages: readonly ChatMessage[]): void {
  for (const [index, message] of messages.entries()) {
    const { content } = message;
    const texts =
      typeof content === 'string'
        ? [content]
        : (content ?? []).flatMap((part) => (part.type === 'text' ? [part.text ?? ''] : []));
    const needsText = message.role !== 'assistant' || !message.tool_calls;
    const isBlank = texts.some((text) => text.trim() === '');
    if (!isBlank && (content ?? undefined) === undefined && !needsText) continue;
    if (isBlank || (content ?? undefined) === undefined) {
      throw invalidRequest(
        `messages.${index}: text content blocks must be non-empty`,
        `messages[${index}].content`,
      );
    }
  }
}

function checkParts(messages: readonly ChatMessage[]): void {
  const parts = messages.flatMap(({ content }) => (Array.isArray(content) ? content : []));
  if (parts.every(({ type }) => type === 'text')) return;
  throw new ModelError(404, 'not_found', 'No endpoints found that support image input');
}

function checkCalls(messages: readonly ChatMessage[], rules: EndpointRules): void {
  const ids = new Set<string>();
  for (const [index, message] of messages.entries()) {
    if (message.role !== 'assistant') continue;
    for (const [at, call] of (message.tool_calls ?? []).entries()) {
      const path = `messages[${index}].tool_calls[${at}]`;
      if (call.id.length > rules.longestCallId) {
        throw invalidRequest(
          `Invalid '${path}.id': string too long. Expected a string with maximum length ${rules.longestCallId}, but got a string with length ${call.id.length} instead.`,
          `${path}.id`,
          'string_above_max_length',
        );
      }
      if (rules.nineCharacterIds && !/^[a-zA-Z0-9]{9}$/.test(call.id)) {
        throw invalidRequest(
          `Tool call id was ${call.id} but must be a-z, A-Z, 0-9, with a length of 9.`,
          `${path}.id`,
          'invalid_function_call',
        );
      }
      if (rules.uniqueCallIds && ids.has(call.id)) {
        throw invalidRequest(`${path}: \`tool_use\` ids must be unique`, `${path}.id`);
      }
      ids.add(call.id);
      if (rules.argumentObjects && !isObjectText(call.function.arguments)) {
        throw invalidRequest(
          `${path}.function.arguments: Input should be a valid dictionary`,
          `${path}.function.arguments`,
        );
      }
    }
  }
}

function isObjectText(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

const knownFields: Record<ChatMessage['role'], readonly string[]> = {
  system: ['role', 'content', 'name'],
  developer: ['role', 'content', 'name'],
  user: ['role', 'content', 'name'],
  assistant: ['role', 'content', 'name', 'tool_calls'],
  tool: ['role', 'content', 'name', 'tool_call_id'],
};

function checkFields(messages: readonly ChatMessage[]): void {
  for (const [index, message] of messages.entries()) {
    const calls = message.role === 'assistant' ? (message.tool_calls ?? []) : [];
    const unknown = [
      ...Object.keys(message).filter((field) => !knownFields[message.role].includes(field)),
      ...calls.flatMap((call) =>
        Object.keys(call).filter((field) => !['id', 'type', 'function'].includes(field)),
      ),
    ];
    if (unknown.length === 0) continue;
    throw invalidRequest(
      `'messages.${index}' : for 'role:${message.role}' the following must be satisfied[('messages.${index}' : property '${unknown[0]}' is unsupported)]`,
      `messages[${index}].${unknown[0]}`,
    );
  }
}

function checkOutputLimit(request: ChatRequest, { outputLimitField: known }: EndpointRules): void {
  if (known === undefined) return;
  const other = known === 'max_tokens' ? 'max_completion_tokens' : 'max_tokens';
  if ((request[other] ?? undefined) === undefined) return;
  throw invalidRequest(
    `Unsupported parameter: '${other}' is not supported with this model. Use '${known}' instead.`,
    other,
    'unsupported_parameter',
  );
}
