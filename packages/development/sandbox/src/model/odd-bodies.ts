import type { Completion, OddReply, RawAnswer } from './odd-reply.ts';

function json(does: string, change: (completion: Completion) => unknown): OddReply {
  return { does, answer: (completion) => ({ json: change(completion) }) };
}

/** An odd reply whose text on the wire is another one, of a media type. */
function text(does: string, change: (text: string) => string, type = 'application/json'): OddReply {
  return {
    does,
    answer: (completion): RawAnswer => ({
      headers: { 'content-type': type },
      text: change(JSON.stringify(completion)),
    }),
  };
}

function withUsage(does: string, usage: unknown): OddReply {
  return json(does, (completion) => ({ ...completion, usage }));
}

function eventsOf(completion: Completion, { cut }: { cut: boolean }): string {
  const [choice] = completion.choices;
  const { content } = choice?.message ?? {};
  const said = typeof content === 'string' ? content : '';
  const middle = Math.ceil(said.length / 2);
  const calls = choice?.message.tool_calls?.map((call, index) => ({ ...call, index }));
  const chunk = (delta: object, finishReason: unknown = null) => ({
    ...completion,
    object: 'chat.completion.chunk',
    usage: undefined,
    choices: [{ index: 0, delta, finish_reason: finishReason }],
  });
  const first = [
    chunk({ role: 'assistant', content: '' }),
    chunk({ content: said.slice(0, middle) }),
  ];
  const last = [
    chunk({ content: said.slice(middle) }),
    chunk(calls === undefined ? {} : { tool_calls: calls }, choice?.finish_reason),
    { ...completion, object: 'chat.completion.chunk', choices: [] },
  ];
  const events = (cut ? first : [...first, ...last]).map(
    (event) => `data: ${JSON.stringify(event)}`,
  );
  return [...events, ...(cut ? [] : ['data: [DONE]'])].map((line) => `${line}\n\n`).join('');
}

/** What is odd about a body as a whole. */
export const oddBodies = {
  body_plain_text: text('the JSON as `text/plain`', (body) => body, 'text/plain'),
  body_blanks: text(
    'blanks and comments that kept the connection open, before the JSON',
    (body) => `\n\n: PROCESSING\n\n: PROCESSING\n\n${body}`,
  ),
  body_done: text('the end of a stream behind the JSON', (body) => `${body}\n\ndata: [DONE]\n\n`),
  body_one_event: text(
    'the JSON as the only event of a stream',
    (body) => `data: ${body}\n\ndata: [DONE]\n\n`,
    'text/event-stream',
  ),
  body_stream: {
    does: 'a whole stream that nobody asked for',
    answer: (completion) => ({
      headers: { 'content-type': 'text/event-stream' },
      text: eventsOf(completion, { cut: false }),
    }),
  },
  body_stream_cut: {
    does: 'the first half of a stream that nobody asked for',
    answer: (completion) => ({
      headers: { 'content-type': 'text/event-stream' },
      text: eventsOf(completion, { cut: true }),
    }),
  },
  body_in_list: text('the JSON in a list', (body) => `[${body}]`),
  body_in_text: text('the JSON within a JSON text', (body) => JSON.stringify(body)),
  body_cut: text('the first half of the JSON', (body) => body.slice(0, body.length / 2)),
  body_empty: text('no body', () => ''),
  body_page: text('a web page', () => '<html><body>Welcome!</body></html>', 'text/html'),
  body_deep: text('`reasoning_details` that are 5,000 levels deep', (body) =>
    body.replace('"role"', `"reasoning_details":${'['.repeat(5_000)}${']'.repeat(5_000)},"role"`),
  ),
  choices_empty: json('`choices: []`, with usage', (completion) => ({
    ...completion,
    choices: [],
  })),

  error_402: json('`{ error: { code: 402 } }`', () => ({
    error: { code: 402, message: 'Insufficient credits' },
  })),
  error_404_text: json('an error whose code is the text `"404"`', () => ({
    error: { code: '404', message: 'No endpoints found for this model' },
  })),
  error_named: json('an error that is known by its type alone', () => ({
    error: { type: 'insufficient_quota', message: 'You exceeded your current quota' },
  })),
  error_flat: json('an error that is the whole body', () => ({
    object: 'error',
    code: 503,
    message: 'The engine is starting',
  })),
  error_in_list: json('an error in a list', () => [{ error: { code: 429, message: 'Slow down' } }]),
  error_in_choice: json('an error in the choice, with usage', ({ choices, ...completion }) => ({
    ...completion,
    choices: choices.map((choice) => ({
      ...choice,
      error: { code: 502, message: 'The provider broke off' },
      finish_reason: 'error',
    })),
  })),
  error_nameless: json('an error that says nothing', () => ({ error: { message: '' } })),

  redirect: {
    does: 'a redirect (307) to another address',
    answer: () => ({
      status: 307,
      headers: { location: 'https://elsewhere.example/v1/chat/completions?token=abc' },
      text: '',
    }),
  },

  usage_missing: json('no usage', (completion) => ({ ...completion, usage: undefined })),
  usage_null: withUsage('`usage: null`', null),
  usage_text: withUsage('usage in texts', {
    prompt_tokens: '12',
    completion_tokens: '3',
    cost: '0.25',
  }),
  usage_negative: withUsage('usage below zero', { prompt_tokens: -12, completion_tokens: -3 }),
  usage_huge: withUsage('a usage of 1e308', {
    prompt_tokens: 1e308,
    completion_tokens: 1e308,
    cost: 1e308,
  }),
} as const satisfies Record<string, OddReply>;
