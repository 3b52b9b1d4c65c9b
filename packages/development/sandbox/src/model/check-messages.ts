import type { ChatMessage } from './chat-request.ts';
import { invalidRequest } from './model-error.ts';
import { checkReasoning } from './reasoning.ts';

const namePattern = /^[a-zA-Z0-9_-]{1,64}$/;

function quote(ids: Iterable<string>): string {
  return [...ids].join(', ');
}

/**
 * Tool calls and their answers must pair up: every call is answered right after its message, and
 * every tool message answers a call. Throws `ModelError`.
 */
export function checkMessages(messages: readonly ChatMessage[]): void {
  let open = new Set<string>();
  for (const [index, message] of messages.entries()) {
    const param = `messages.[${index}]`;
    if (message.role === 'tool') {
      if (!open.delete(message.tool_call_id)) {
        throw invalidRequest(
          `messages with role 'tool' must be a response to a preceding message with 'tool_calls': ${message.tool_call_id}`,
          `${param}.tool_call_id`,
        );
      }
      continue;
    }
    if (open.size > 0) throw dangling(open, param);
    if (message.role === 'assistant') open = checkAssistant(message, param);
  }
  if (open.size > 0) throw dangling(open, `messages.[${messages.length}].role`);
}

function dangling(open: Iterable<string>, param: string) {
  return invalidRequest(
    `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${quote(open)}`,
    param,
  );
}

function checkAssistant(
  message: Extract<ChatMessage, { role: 'assistant' }>,
  param: string,
): Set<string> {
  const calls = message.tool_calls ?? [];
  if (calls.length === 0 && (message.content ?? '') === '') {
    throw invalidRequest('an assistant message needs content or tool_calls', `${param}.content`);
  }
  const ids = new Set(calls.map((call) => call.id));
  if (ids.size < calls.length) {
    throw invalidRequest('tool_call ids must be unique within a message', `${param}.tool_calls`);
  }
  for (const call of calls) {
    if (!namePattern.test(call.function.name)) {
      throw invalidRequest(
        `Invalid tool name ${call.function.name}: it must match ${namePattern.source}`,
        `${param}.tool_calls`,
      );
    }
  }
  checkReasoning(message, param);
  return ids;
}
