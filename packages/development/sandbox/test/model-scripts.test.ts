import type OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import type { Sandbox } from '../src/index.ts';
import { openAiFor, openSandbox, rejection } from './harness.ts';

const modelName = 'openai/gpt-4o-mini';

async function answer(
  sandbox: Sandbox,
  messages: OpenAI.ChatCompletionMessageParam[] | string,
  model = modelName,
) {
  const list =
    typeof messages === 'string' ? [{ role: 'user' as const, content: messages }] : messages;
  const completion = await openAiFor(sandbox).chat.completions.create({ model, messages: list });
  const [choice] = completion.choices;
  if (!choice) throw new Error('no choice');
  return { ...choice, usage: completion.usage };
}

describe('scripts', () => {
  it('answer with exact ids and argument strings, usage and reasoning', async () => {
    const sandbox = await openSandbox({
      modelScript: [
        {
          match: { promptIncludes: 'scripted' },
          turns: [
            {
              toolCalls: [{ id: 'call_mine', name: 'anything', arguments: '{not json' }],
              reasoningDetails: [{ type: 'x' }],
              usage: { inputTokens: 1000, outputTokens: 7, costUsd: 0.5 },
            },
          ],
        },
      ],
    });
    const { message, usage } = await answer(sandbox, 'a scripted prompt');
    expect(message.tool_calls).toEqual([
      { id: 'call_mine', type: 'function', function: { name: 'anything', arguments: '{not json' } },
    ]);
    expect(message).toMatchObject({ reasoning_details: [{ type: 'x' }] });
    expect(usage).toEqual({
      prompt_tokens: 1000,
      completion_tokens: 7,
      total_tokens: 1007,
      cost: 0.5,
    });
  });

  it('by turn answer a repeated request alike, and refuse a turn that they do not have', async () => {
    const sandbox = await openSandbox({
      modelScript: [{ turns: [{ text: 'one' }, { text: 'two' }] }],
      endpoint: { alternation: false },
    });
    const prompt = { role: 'user' as const, content: 'go' };
    const first = { role: 'assistant' as const, content: 'one' };
    expect((await answer(sandbox, [prompt])).message.content).toBe('one');
    expect((await answer(sandbox, [prompt])).message.content).toBe('one');
    expect((await answer(sandbox, [prompt, first])).message.content).toBe('two');
    const error = await rejection(answer(sandbox, [prompt, first, first]));
    expect((error as Error).message).toContain('has no turn 2');
  });

  it('for the next requests are used up in order, then the stand-in answers', async () => {
    const sandbox = await openSandbox();
    sandbox.control.scriptModel([
      { match: { model: 'a/b' }, next: [{ text: 'one' }, { text: 'two' }] },
    ]);
    const contents = [];
    for (const model of ['a/b', 'c/d', 'a/b', 'a/b']) {
      contents.push((await answer(sandbox, 'Hello!', model)).message.content);
    }
    expect(contents[0]).toBe('one');
    expect(contents[1]).toContain('stand-in');
    expect(contents[2]).toBe('two');
    expect(contents[3]).toContain('stand-in');
  });

  it('may be functions, which may leave a request to the others', async () => {
    const sandbox = await openSandbox();
    sandbox.control.scriptModel([
      { reply: ({ prompt, turn }) => (prompt === 'mine' ? { text: `turn ${turn}` } : undefined) },
    ]);
    expect((await answer(sandbox, 'mine')).message.content).toBe('turn 0');
    expect((await answer(sandbox, 'Hello!')).message.content).toContain('stand-in');
    sandbox.control.clearModelScripts();
    expect((await answer(sandbox, 'mine')).message.content).not.toBe('turn 0');
  });
});

describe('a script inside the prompt', () => {
  const PROMPT = [
    'Job 17',
    '```sandbox',
    JSON.stringify([
      [
        { tool: 'gmail_send_message', arguments: { to: 'a@b.example' } },
        { tool: 'gmail_get_profile' },
      ],
      { text: 'All done.' },
    ]),
    '```',
  ].join('\n');

  it('is followed turn by turn', async () => {
    const sandbox = await openSandbox({ endpoint: { toolsForCalls: false } });
    const user = { role: 'user' as const, content: PROMPT };
    const { message } = await answer(sandbox, [user]);
    expect(message.tool_calls).toMatchObject([
      { function: { name: 'gmail_send_message', arguments: '{"to":"a@b.example"}' } },
      { function: { name: 'gmail_get_profile', arguments: '{}' } },
    ]);
    const results = (message.tool_calls ?? []).map((call) => ({
      role: 'tool' as const,
      tool_call_id: call.id,
      content: '{}',
    }));
    expect((await answer(sandbox, [user, message, ...results])).message.content).toBe('All done.');
  });

  it('counts turns from the last user message of a conversation', async () => {
    const sandbox = await openSandbox();
    const { message } = await answer(sandbox, [
      { role: 'user', content: 'earlier' },
      { role: 'assistant', content: 'answered' },
      { role: 'user', content: '```sandbox\n{"turns":[{"text":"first"}]}\n```' },
    ]);
    expect(message.content).toBe('first');
  });

  it('is refused with the reason where it is malformed', async () => {
    const sandbox = await openSandbox();
    const noJson = await rejection(answer(sandbox, '```sandbox\n[oops\n```'));
    expect((noJson as Error).message).toContain('not JSON');
    const noScript = await rejection(answer(sandbox, '```sandbox\n[{"tol":"x"}]\n```'));
    expect((noScript as Error).message).toContain('no script');
  });
});
