import { currentPrompt, textOf, type ChatMessage } from '../chat-request.ts';

export type Fields = Record<string, unknown>;

/** One tool call of the conversation with what came of it. */
export type KnownCall = {
  tool: string;
  arguments: Fields;
  result: unknown;
  /** what the result says went wrong */
  error: string | undefined;
  /** whether it belongs to the prompt that is being answered */
  current: boolean;
};

/** A list that a tool returned: `name` is the key it stood under. */
export type RecordList = { name: string; records: Fields[] };

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function errorOf(result: unknown): string | undefined {
  if (!isFields(result)) return undefined;
  const { error, ok, status } = result;
  if (typeof error === 'string' && error !== '') return error;
  if (isFields(error)) {
    const text = error['message'] ?? error['detail'] ?? error['code'];
    return typeof text === 'string' ? text : JSON.stringify(error);
  }
  if (ok === false || status === 'error' || status === 'failed') {
    return typeof result['message'] === 'string' ? result['message'] : JSON.stringify(result);
  }
  return undefined;
}

/** All answered tool calls of a conversation, oldest first. */
export function readKnowledge(messages: readonly ChatMessage[]): KnownCall[] {
  const { index: promptIndex } = currentPrompt(messages);
  const answers = new Map<string, string>();
  for (const message of messages) {
    if (message.role === 'tool') answers.set(message.tool_call_id, textOf(message.content));
  }
  return messages.flatMap((message, index) => {
    if (message.role !== 'assistant') return [];
    return (message.tool_calls ?? []).map((call): KnownCall => {
      const input = parseJson(call.function.arguments);
      const result = parseJson(answers.get(call.id) ?? '');
      return {
        tool: call.function.name,
        arguments: isFields(input) ? input : {},
        result,
        error: errorOf(result),
        current: index > promptIndex,
      };
    });
  });
}

/** A result that is one thing, though it may carry lists such as labels. */
function isOneRecord(result: Fields): boolean {
  return ['title', 'subject', 'full_name', 'number'].some((key) => key in result);
}

/** The first list of objects in a result, looked for three levels deep. */
export function recordsOf(result: unknown, depth = 3): RecordList | undefined {
  if (Array.isArray(result) && result.every(isFields)) return { name: 'items', records: result };
  if (!isFields(result) || depth === 0 || isOneRecord(result)) return undefined;
  for (const [name, value] of Object.entries(result)) {
    if (Array.isArray(value) && value.every(isFields) && (value.length > 0 || depth === 3)) {
      return { name, records: value };
    }
  }
  for (const value of Object.values(result)) {
    const inner = isFields(value) ? recordsOf(value, depth - 1) : undefined;
    if (inner !== undefined && inner.records.length > 0) return inner;
  }
  return undefined;
}

/** A field's text: `{ login }`, `{ name }` and `{ value }` count as the text inside. */
export function fieldText(record: Fields, ...names: string[]): string | undefined {
  for (const name of names) {
    const value = record[name];
    if (typeof value === 'string' && value !== '') return value;
    if (typeof value === 'number') return String(value);
    if (isFields(value)) {
      const inner = fieldText(value, 'login', 'name', 'value', 'ref', 'text', 'email');
      if (inner !== undefined) return inner;
    }
  }
  return undefined;
}
