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

function boundOf({ option, outputCap }: { option?: number; outputCap?: number }): unknown {
  return chatRequest({
    ...request,
    options: option === undefined ? {} : { max_completion_tokens: option },
    ...(outputCap === undefined ? {} : { outputCap }),
  })['max_completion_tokens'];
}

describe('the body of a chat completion', () => {
  it('holds the model and the messages, and nothing that was not asked for', () => {
    expect(chatRequest(request)).toEqual({
      model: 'openai/gpt-4o-mini',
      messages: [{ role: 'user', content: 'hello' }],
    });
  });

  it('offers tools under the names that the model sees', () => {
    expect(chatRequest({ ...request, tools: [offered] })).toMatchObject({
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
    expect(chatRequest({ ...request, options })).toMatchObject(options);
  });

  it('lets no option replace the model or the messages', () => {
    const options = { model: 'other', messages: [] };
    expect(chatRequest({ ...request, options })).toEqual(chatRequest(request));
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
    expect(chatRequest({ ...request, options })).not.toHaveProperty('parallel_tool_calls');
    expect(chatRequest({ ...request, options, tools: [offered] })).toMatchObject(options);
  });

  it('asks for a response format', () => {
    const responseFormat = { type: 'json_object' };
    expect(chatRequest({ ...request, responseFormat })).toMatchObject({
      response_format: responseFormat,
    });
  });
});
