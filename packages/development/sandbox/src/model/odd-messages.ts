import type { Choice, Completion, Message, OddCall, OddReply } from './odd-reply.ts';

/** How deep the deep ones are nested. */
const manyLevels = 10_000;

/** An odd reply whose first choice is another one. */
function inChoice(does: string, change: (choice: Choice) => Record<string, unknown>): OddReply {
  return {
    does,
    answer: (completion) => ({ json: { ...completion, choices: completion.choices.map(change) } }),
  };
}

function inMessage(does: string, change: (message: Message) => Record<string, unknown>): OddReply {
  return inChoice(does, (choice) => ({ ...choice, message: change(choice.message) }));
}

function inCalls(does: string, change: (call: OddCall) => Record<string, unknown>): OddReply {
  return inMessage(does, (message) => ({
    ...message,
    tool_calls: (message.tool_calls ?? []).map(change),
  }));
}

function finish(does: string, finishReason: unknown, rest: Partial<Message> = {}): OddReply {
  return inChoice(does, (choice) => ({
    ...choice,
    message: { ...choice.message, ...rest },
    finish_reason: finishReason,
  }));
}

function withArguments(does: string, change: (text: string) => unknown): OddReply {
  return inCalls(does, (call) => ({
    ...call,
    function: { ...call.function, arguments: change(String(call.function.arguments)) },
  }));
}

/** A reply that was stopped in its middle: half a text, or calls with half of their arguments. */
function stopped(does: string, finishReason: string): OddReply {
  return inChoice(does, ({ message, ...choice }) => ({
    ...choice,
    finish_reason: finishReason,
    message: {
      ...message,
      content: half(message.content),
      ...(message.tool_calls === undefined
        ? {}
        : {
            tool_calls: message.tool_calls.map((call) => ({
              ...call,
              function: { ...call.function, arguments: half(call.function.arguments) },
            })),
          }),
    },
  }));
}

function half(text: unknown): unknown {
  return typeof text === 'string' ? text.slice(0, Math.ceil(text.length / 2)) : text;
}

function firstCall({ choices }: Completion): OddCall | undefined {
  return choices[0]?.message.tool_calls?.[0];
}

/** What is odd about `finish_reason` and the message. */
export const oddMessages = {
  finish_error: stopped('half a reply, and `finish_reason: "error"`', 'error'),
  finish_unknown: finish(
    'a `finish_reason` of another API, `MALFORMED_FUNCTION_CALL`',
    'MALFORMED_FUNCTION_CALL',
  ),
  finish_aborted: stopped('half a reply, and `finish_reason: "abort"`', 'abort'),
  finish_missing: inChoice('no `finish_reason`', (choice) => ({
    ...choice,
    finish_reason: undefined,
  })),
  finish_empty: finish('an empty `finish_reason`', ''),
  finish_stop: finish('`finish_reason: "stop"`, with tool calls, too', 'stop'),
  finish_end_turn: finish('`finish_reason: "end_turn"`', 'end_turn'),
  finish_tool_calls: finish('`finish_reason: "tool_calls"`, but the calls are lost', 'tool_calls', {
    tool_calls: [],
  }),
  finish_length: stopped('half a reply, and `finish_reason: "length"`', 'length'),
  finish_max_tokens: stopped('half a reply, and `finish_reason: "MAX_TOKENS"`', 'MAX_TOKENS'),
  finish_content_filter: stopped(
    'half a reply, and `finish_reason: "content_filter"`',
    'content_filter',
  ),

  content_blank: inMessage('a text of blanks and zero-width characters', (message) => ({
    ...message,
    content: ' \n\u200B\u00A0',
  })),
  content_null: inMessage('`content: null`, and no calls', (message) => ({
    ...message,
    content: null,
    tool_calls: undefined,
  })),
  content_parts: inMessage('the text in parts, with reasoning between them', (message) => ({
    ...message,
    content: [
      { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
      { type: 'text', text: half(message.content) },
      { type: 'text', text: String(message.content).slice(String(half(message.content)).length) },
    ],
  })),
  content_unknown_parts: inMessage('parts of kinds that nobody knows', (message) => ({
    ...message,
    content: [{ type: 'hologram', data: 'abc' }],
  })),
  content_in_reasoning: inMessage('the answer in `reasoning_content`, and no text', (message) => ({
    ...message,
    content: '',
    reasoning_content: message.content,
  })),
  content_half_emoji: inMessage('a text that ends in half an emoji', (message) => ({
    ...message,
    content: `${String(message.content)} \uD83D`,
  })),
  content_deep: inMessage('a text that is JSON, 5,000 levels deep', (message) => ({
    ...message,
    content: '['.repeat(5_000) + ']'.repeat(5_000),
  })),
  refusal: inMessage('a `refusal` and no content', (message) => ({
    ...message,
    content: null,
    refusal: 'I will not help with that.',
  })),
  refusal_with_calls: inMessage('a `refusal` beside tool calls', (message) => ({
    ...message,
    refusal: 'I will not help with that.',
  })),
  role_missing: inMessage('a message without a role', (message) => ({
    ...message,
    role: undefined,
  })),
  legacy_text: inChoice('`text` instead of a message', ({ message, ...choice }) => ({
    ...choice,
    text: message.content,
  })),
  legacy_function_call: {
    does: '`function_call` instead of `tool_calls`',
    answer: (completion) => {
      const [choice] = completion.choices;
      const called = { ...choice?.message, function_call: firstCall(completion)?.function };
      const message = { ...called, tool_calls: undefined };
      return {
        json: { ...completion, choices: [{ ...choice, message, finish_reason: 'function_call' }] },
      };
    },
  },
  message_in_two_choices: {
    does: 'the text in the first choice, the tool calls in a second one',
    answer: (completion) => {
      const [choice] = completion.choices;
      const { tool_calls: calls, ...said } = choice?.message ?? { content: null };
      return {
        json: {
          ...completion,
          choices: [
            { ...choice, message: { ...said, content: 'One moment.' }, finish_reason: 'stop' },
            { ...choice, index: 1, message: { role: 'assistant', tool_calls: calls } },
          ],
        },
      };
    },
  },

  calls_null: inMessage('`tool_calls: null` beside a text', (message) => ({
    ...message,
    tool_calls: null,
  })),
  calls_empty: inMessage('`tool_calls: []` beside a text', (message) => ({
    ...message,
    tool_calls: [],
  })),
  calls_too_many: inMessage('the same call 129 times', (message) => ({
    ...message,
    tool_calls: Array.from({ length: 129 }, () => message.tool_calls?.[0]),
  })),
  call_ids_missing: inCalls('tool calls without an id', (call) => ({ ...call, id: undefined })),
  call_ids_empty: inCalls('tool calls with empty ids', (call) => ({ ...call, id: '' })),
  call_ids_equal: inCalls('tool calls that have the same id', (call) => ({
    ...call,
    id: 'call_0',
  })),
  call_type_missing: inCalls('tool calls without a type', (call) => ({ ...call, type: undefined })),
  call_flat: inCalls(
    'tool calls without `function` around them',
    ({ function: named, ...call }) => ({
      ...call,
      ...named,
    }),
  ),
  call_without_name: inCalls('tool calls without a name', (call) => ({
    ...call,
    function: { arguments: call.function.arguments },
  })),
  call_name_impossible: inCalls('tool calls with a name that no tool can have', (call) => ({
    ...call,
    function: { ...call.function, name: 'no such tool: höchst geheim' },
  })),
  arguments_object: withArguments('arguments that are an object', (text) => JSON.parse(text)),
  arguments_missing: inCalls('tool calls without arguments', (call) => ({
    ...call,
    function: { name: call.function.name },
  })),
  arguments_null: withArguments('`arguments: null`', () => null),
  arguments_empty: withArguments('empty arguments', () => ''),
  arguments_twice: withArguments('arguments that are JSON within a JSON text', JSON.stringify),
  arguments_list: withArguments('arguments that are a list', () => '[1]'),
  arguments_deep: withArguments(
    'arguments that are 10,000 levels deep',
    () => `{"a":${'['.repeat(manyLevels)}${']'.repeat(manyLevels)}}`,
  ),
} as const satisfies Record<string, OddReply>;
