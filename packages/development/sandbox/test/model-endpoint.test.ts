import type OpenAI from 'openai';
import { AuthenticationError, BadRequestError, NotFoundError } from 'openai';
import { describe, expect, it } from 'vitest';
import { collect, openAiFor, openSandbox, rejection } from './harness.ts';

const modelName = 'openai/gpt-4o-mini';
const fetchMails: OpenAI.ChatCompletionFunctionTool = {
  type: 'function',
  function: {
    name: 'gmail_fetch_mails',
    description: 'Fetch e-mails',
    parameters: {
      type: 'object',
      properties: { max_results: { type: 'integer' }, query: { type: 'string' } },
    },
  },
};
const mailPrompt: OpenAI.ChatCompletionMessageParam = {
  role: 'user',
  content: 'Fetch my last 5 unread emails and summarize them.',
};

async function ask(
  body: Partial<OpenAI.ChatCompletionCreateParamsNonStreaming> & Record<string, unknown>,
) {
  const client = openAiFor(await openSandbox());
  return client.chat.completions.create({
    model: modelName,
    messages: [mailPrompt],
    tools: [fetchMails],
    ...body,
  });
}

const mailCall = {
  role: 'assistant' as const,
  content: null,
  tool_calls: [
    {
      id: 'call_1',
      type: 'function' as const,
      function: { name: 'gmail_fetch_mails', arguments: '{}' },
    },
  ],
};

function toolNamed(
  name: string,
  parameters: Record<string, unknown> = { type: 'object', properties: {} },
) {
  return { type: 'function' as const, function: { name, parameters } };
}

describe('an answer', () => {
  it('asks for the tool with arguments out of the prompt, and is marked as the sandbox’s', async () => {
    const completion = await ask({});
    const [choice] = completion.choices;
    expect(choice?.finish_reason).toBe('tool_calls');
    expect(choice?.message.tool_calls).toMatchObject([
      {
        function: { name: 'gmail_fetch_mails', arguments: '{"max_results":5,"query":"is:unread"}' },
      },
    ]);
    expect(completion.model).toBe(`sandbox/${modelName}`);
    expect(completion.system_fingerprint).toBe('pawl-sandbox');
    const { prompt_tokens: input = 0, completion_tokens: output = 0 } = completion.usage ?? {};
    // Four characters or so are a token.
    expect(input).toBeGreaterThan(JSON.stringify(mailPrompt).length / 8);
    expect(output).toBeGreaterThan('gmail_fetch_mails'.length / 8);
    expect(completion.usage).toMatchObject({
      total_tokens: input + output,
      cost: expect.any(Number),
    });
  });

  it('streams text in pieces and tool calls in the last chunk, with usage when asked', async () => {
    const client = openAiFor(await openSandbox());
    const stream = await client.chat.completions.create({
      model: modelName,
      messages: [mailPrompt],
      tools: [fetchMails],
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = await collect(stream);
    const withCalls = chunks.findIndex((chunk) => chunk.choices[0]?.delta.tool_calls);
    expect(chunks[withCalls]?.choices[0]?.finish_reason).toBe('tool_calls');
    expect(withCalls).toBe(chunks.length - 2);
    expect(chunks.at(-1)?.usage?.total_tokens).toBeGreaterThan(20);

    const spoken = client.chat.completions.stream({
      model: modelName,
      messages: [{ role: 'user', content: 'Hello!' }],
    });
    const pieces: string[] = [];
    spoken.on('content', (delta) => pieces.push(delta));
    expect(await spoken.finalContent()).toBe(pieces.join(''));
    expect(pieces.length).toBeGreaterThan(1);
  });

  it('is cut at max_tokens, in tool calls too', async () => {
    const text = await ask({ messages: [{ role: 'user', content: 'Hello!' }], max_tokens: 3 });
    expect(text.choices[0]).toMatchObject({
      finish_reason: 'length',
      message: { content: 'Hello! I am ' },
    });
    const call = await ask({ max_completion_tokens: 6 });
    expect(call.choices[0]?.finish_reason).toBe('length');
    expect(call.choices[0]?.message.tool_calls).toMatchObject([
      { function: { arguments: '{"max_r' } },
    ]);
  });

  it('fits a JSON schema that was asked for', async () => {
    const completion = await ask({
      messages: [
        mailPrompt,
        mailCall,
        {
          role: 'tool',
          tool_call_id: 'call_1',
          content: JSON.stringify({ messages: [{ subject: 'One', from: 'A <a@b.example>' }] }),
        },
      ],
      response_format: {
        type: 'json_schema',
        json_schema: {
          name: 'summary',
          schema: {
            type: 'object',
            properties: {
              summary: { type: 'string' },
              count: { type: 'integer' },
              mails: { type: 'array', items: { type: 'string' } },
            },
            required: ['summary', 'count', 'mails'],
          },
        },
      },
    });
    const value = JSON.parse(completion.choices[0]?.message.content ?? '') as Record<
      string,
      unknown
    >;
    expect(value).toMatchObject({ count: 1, mails: [expect.stringContaining('One')] });
  });

  it('lists models', async () => {
    const models = await collect(openAiFor(await openSandbox()).models.list());
    expect(models.map((model) => model.id)).toContain(modelName);
  });
});

describe('strictness', () => {
  it.each<[string, Record<string, unknown>, RegExp]>([
    [
      'a dangling tool call',
      { messages: [mailPrompt, mailCall] },
      /did not have response messages: call_1/,
    ],
    [
      'a tool call answered too late',
      { messages: [mailPrompt, mailCall, mailPrompt] },
      /did not have response messages/,
    ],
    [
      'a tool message without a call',
      { messages: [mailPrompt, { role: 'tool', tool_call_id: 'x', content: '' }] },
      /must be a response/,
    ],
    [
      'a tool call answered twice',
      {
        messages: [
          mailPrompt,
          mailCall,
          ...[1, 2].map(() => ({ role: 'tool', tool_call_id: 'call_1', content: '{}' })),
        ],
      },
      /must be a response/,
    ],
    [
      'an empty assistant message',
      { messages: [mailPrompt, { role: 'assistant', content: '' }] },
      /needs content or tool_calls/,
    ],
    ['no messages', { messages: [] }, /messages/],
    ['an unknown role', { messages: [{ role: 'robot', content: 'x' }] }, /messages/],
    ['two tools of one name', { tools: [fetchMails, fetchMails] }, /unique/],
    ['an invalid tool name', { tools: [toolNamed('has space')] }, /does not match/],
    [
      'more than 128 tools',
      { tools: Array.from({ length: 129 }, (_, index) => toolNamed(`tool_${index}`)) },
      /maximum length 128/,
    ],
    [
      'an array without items',
      { tools: [toolNamed('a', { type: 'object', properties: { b: { type: 'array' } } })] },
      /missing items/,
    ],
    [
      'a schema that is none',
      { tools: [toolNamed('a', { type: 'object', properties: { b: { type: 'text' } } })] },
      /Invalid schema/,
    ],
    [
      'a schema that is no object',
      { tools: [toolNamed('a', { type: 'string' })] },
      /type "object"/,
    ],
    ['several answers', { n: 2 }, /n = 1/],
    ['max_tokens of 0', { max_tokens: 0 }, /max_tokens/],
  ])('refuses %s with 400', async (_name, body, message) => {
    const error = await rejection(ask(body));
    expect(error).toBeInstanceOf(BadRequestError);
    expect((error as Error).message).toMatch(message);
  });

  it('refuses an unknown model with 404 and a wrong key with 401', async () => {
    expect(await rejection(ask({ model: 'nonsense' }))).toBeInstanceOf(NotFoundError);
    const client = openAiFor(await openSandbox(), { apiKey: 'wrong' });
    const refused = await rejection(client.models.list().then((page) => page.data));
    expect(refused).toBeInstanceOf(AuthenticationError);
  });

  it('refuses an assistant message whose reasoning_details got lost or changed', async () => {
    const client = openAiFor(await openSandbox());
    const create = (messages: OpenAI.ChatCompletionMessageParam[]) =>
      client.chat.completions.create({ model: modelName, messages, tools: [fetchMails] });
    const { message } = (await create([mailPrompt])).choices[0] ?? {};
    if (!message) throw new Error('no answer');
    expect(message).toHaveProperty('reasoning_details');
    const answers = (message.tool_calls ?? []).map((call) => ({
      role: 'tool' as const,
      tool_call_id: call.id,
      content: '{}',
    }));
    await create([mailPrompt, message, ...answers]);

    const { reasoning_details: _lost, ...stripped } = message as typeof message & {
      reasoning_details: unknown;
    };
    const error = await rejection(create([mailPrompt, stripped, ...answers]));
    expect((error as Error).message).toContain('reasoning_details');
  });
});
