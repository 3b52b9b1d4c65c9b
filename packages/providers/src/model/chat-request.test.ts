import type { ModelRequest, OfferedTool } from '@pawl/engine';
import { describe, expect, it } from 'vitest';
import { chatRequest } from './chat-request.ts';

const request: ModelRequest = {
  model: 'openai/gpt-4o-mini',
  messages: [{ role: 'user', content: 'hello' }],
  tools: [],
  options: {},
  jobId: 'job_1',
};

const offered: OfferedTool = {
  name: 'gmail_fetch_mails__work',
  tool: {
    name: 'gmail_fetch_mails',
    description: 'Fetches mails',
    inputSchema: { type: 'object', properties: { max: { type: 'integer' } } },
    connection: 'work',
  },
};

function bodyOf(asked: ModelRequest): Record<string, unknown> {
  return JSON.parse(chatRequest(asked)) as Record<string, unknown>;
}

function boundOf({ option, outputCap }: { option?: number; outputCap?: number }): unknown {
  return bodyOf({
    ...request,
    options: option === undefined ? {} : { max_completion_tokens: option },
    ...(outputCap === undefined ? {} : { outputCap }),
  })['max_completion_tokens'];
}

describe('the body of a chat completion', () => {
  it('holds the model and the messages, and nothing that was not asked for', () => {
    expect(bodyOf(request)).toEqual({
      model: 'openai/gpt-4o-mini',
      messages: [{ role: 'user', content: 'hello' }],
    });
  });

  it('offers tools under the names that the model sees', () => {
    expect(bodyOf({ ...request, tools: [offered] })).toMatchObject({
      tool_choice: 'auto',
      tools: [
        {
          type: 'function',
          function: {
            name: 'gmail_fetch_mails__work',
            description: 'Fetches mails',
            parameters: offered.tool.inputSchema,
          },
        },
      ],
    });
  });

  it('passes options through, those unknown to the openai package too', () => {
    const options = { temperature: 0.2, provider: { order: ['x'] }, request_tags: ['a'] };
    expect(bodyOf({ ...request, options })).toMatchObject(options);
  });

  it('lets no option replace the model or the messages', () => {
    const options = { model: 'other', messages: [], tools: [] };
    expect(bodyOf({ ...request, options })).toEqual(bodyOf(request));
  });

  it('asks for the smaller of two bounds on the output, and for none where there is none', () => {
    expect(boundOf({ option: 100, outputCap: 40 })).toBe(40);
    expect(boundOf({ option: 40, outputCap: 100 })).toBe(40);
    expect(boundOf({ option: 100 })).toBe(100);
    expect(boundOf({ outputCap: 7 })).toBe(7);
    expect(boundOf({})).toBeUndefined();
  });

  it('leaves parallel_tool_calls out where there are no tools', () => {
    const options = { parallel_tool_calls: false };
    expect(bodyOf({ ...request, options })).not.toHaveProperty('parallel_tool_calls');
    expect(bodyOf({ ...request, options, tools: [offered] })).toMatchObject(options);
  });

  it('names a tool as each request does, and describes it once', () => {
    const renamed = { ...offered, name: 'gmail_fetch_mails__home' };
    const names = [offered, renamed, offered].map((each) => {
      const { tools } = bodyOf({ ...request, tools: [each] });
      return (tools as { function: { name: string } }[])[0]?.function.name;
    });
    expect(names).toEqual([offered.name, renamed.name, offered.name]);
  });

  it('has no half characters, in texts, names and tools', () => {
    const half = '\ud83d';
    const text = `the text ${String.raw`\ud83d`} stays, ${half} does not, \u0001 and 😀 do`;
    const tool = { ...offered.tool, description: text };
    const body = bodyOf({
      ...request,
      messages: [{ role: 'user', content: text, [half]: 1 }],
      tools: [{ ...offered, tool }],
    });
    const mended = text.toWellFormed();
    expect(body).toMatchObject({
      messages: [{ role: 'user', content: mended, '\ufffd': 1 }],
      tools: [{ function: { description: mended } }],
    });
  });

  it('asks for a stream that says what it has cost', () => {
    expect(JSON.parse(chatRequest(request, { isStreamed: true }))).toEqual({
      ...bodyOf(request),
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  it('asks for a response format', () => {
    const responseFormat = { type: 'json_object' };
    expect(bodyOf({ ...request, responseFormat })).toMatchObject({
      response_format: responseFormat,
    });
  });
});
