import type { Json, JsonObject } from '@pawl/contracts';

/** Characters of one text in an attribute: spans wait in memory until they are sent. */
const longestText = 8_000;

/** Characters of all messages: of more, the newest are told. */
const longestMessages = 32_000;

type Part =
  | { readonly type: 'text'; readonly content: string }
  | { readonly type: 'tool_call'; id: string; name: string; arguments: string }
  | { readonly type: 'tool_call_response'; id: string; response: string };

/** What a model call was sent, in the form of the conventions (`gen_ai.input.messages`), as far as there is room. */
export function inputMessages(messages: readonly JsonObject[]): string {
  const kept: string[] = [];
  let length = 0;
  for (const message of messages.toReversed()) {
    const text = JSON.stringify({ role: textOf(message['role']), parts: partsOf(message) });
    length += text.length;
    if (length > longestMessages) break;
    kept.unshift(text);
  }
  return `[${kept.join(',')}]`;
}

/** The reply, as `gen_ai.output.messages`. */
export function outputMessages(message: JsonObject, finishReason: string): string {
  return JSON.stringify([
    { role: 'assistant', parts: partsOf(message), finish_reason: finishReason },
  ]);
}

export function shortened(text: string | undefined): string {
  if (text === undefined || text.length <= longestText) return text ?? '';
  return `${text.slice(0, longestText)}…`;
}

function partsOf(message: JsonObject): Part[] {
  const { role, content, tool_calls: calls, tool_call_id: answered } = message;
  if (role === 'tool') {
    const id = textOf(answered);
    return [{ type: 'tool_call_response', id, response: shortened(textOf(content)) }];
  }
  const said = textOf(content);
  return [
    ...(said === '' ? [] : [{ type: 'text', content: shortened(said) } as const]),
    ...(Array.isArray(calls) ? calls.map(callPart) : []),
  ];
}

function callPart(call: Json): Part {
  const { id, function: called } = call as { id?: Json; function?: JsonObject };
  return {
    type: 'tool_call',
    id: textOf(id),
    name: textOf(called?.['name']),
    arguments: shortened(textOf(called?.['arguments'])),
  };
}

/** Images and files are told by their kind only. */
function textOf(value: Json | undefined): string {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return '';
  return value
    .map((part) => {
      const { type, text } = part as { type?: Json; text?: Json };
      return typeof text === 'string' ? text : `[${typeof type === 'string' ? type : 'part'}]`;
    })
    .join('\n');
}
