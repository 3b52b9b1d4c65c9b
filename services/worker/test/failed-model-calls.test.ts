import type { FaultInput, OddReplyName } from '@pawl/sandbox';
import { testRedis } from '@pawl/testing';
import { describe, expect, test } from 'vitest';
import { mailTo, startOddWorker } from './harness/odd-worker.ts';
import { scripted } from './harness/start-test-worker.ts';

const worker = await startOddWorker(testRedis());
const { newWord, addOddity, post, asked, sentTo, goesOn } = worker;

const paid = { inputTokens: 10, outputTokens: 5, costUsd: 0.25 };

describe('a reply that cannot be used', () => {
  test.each<OddReplyName>([
    'finish_error',
    'finish_unknown',
    'finish_tool_calls',
    'content_blank',
    'content_unknown_parts',
    'body_page',
    'body_deep',
  ])('is asked for once more, and counted where it was paid for: %s', async (oddity) => {
    const word = newWord();
    worker.control.scriptModel([
      { match: { promptIncludes: word }, turns: [{ text: 'All is well.', usage: paid }] },
    ]);
    addOddity(word, oddity);
    const ended = await worker.ended(await post({ prompt: word }));
    expect(ended).toMatchObject({ status: 'completed', text: 'All is well.' });
    expect(asked(word)).toHaveLength(2);
    const replies = oddity === 'body_page' ? 1 : 2;
    expect(ended.job.usage).toMatchObject({ modelCalls: replies, inputTokens: replies * 10 });
  });

  test('is asked for twice, not five times, then the next model is asked', async () => {
    const word = newWord();
    worker.control.scriptModel([
      { match: { promptIncludes: word }, turns: [{ text: 'All is well.', usage: paid }] },
    ]);
    addOddity(word, 'finish_error', {
      match: { promptIncludes: word, model: 'openai/first' },
      times: 'always',
    });
    const models = { model: 'openai/first', fallback_models: ['openai/second'] };
    const ended = await worker.ended(await post({ prompt: word, ...models }));
    expect(ended).toMatchObject({ status: 'completed', text: 'All is well.' });
    expect(asked(word).map(({ model }) => model)).toEqual([
      'openai/first',
      'openai/first',
      'openai/second',
    ]);
  });

  test('twice fails the job where there is no other model', async () => {
    const word = newWord();
    addOddity(word, 'content_null', { times: 'always' });
    expect(await worker.ended(await post({ prompt: word }))).toMatchObject({
      status: 'failed',
      failure: { code: 'model_invalid_response' },
    });
    expect(asked(word)).toHaveLength(2);
  });

  test('counts against the limits of its job', async () => {
    const word = newWord();
    worker.control.scriptModel([
      { match: { promptIncludes: word }, turns: [{ text: 'All is well.', usage: paid }] },
    ]);
    addOddity(word, 'finish_error', { times: 'always' });
    const ended = await worker.ended(await post({ prompt: word, limits: { tokens: 12 } }));
    expect(ended).toMatchObject({ status: 'incomplete', stopReason: 'tokens' });
    expect(ended.job.usage).toMatchObject({ inputTokens: 10, outputTokens: 5, costUsd: 0.25 });
    expect(asked(word)).toHaveLength(1);
  });
});

describe('a failure that another model could survive', () => {
  test.each<[string, FaultInput['effect']]>([
    ['an unknown model', { kind: 'http_status', status: 404 }],
    [
      'an unknown model, as OpenRouter says it',
      { kind: 'http_status', status: 400, message: 'first is not a valid model ID' },
    ],
    ['a request that it does not take', { kind: 'http_status', status: 400 }],
    ['a model that is forbidden', { kind: 'http_status', status: 403 }],
    [
      'a content filter',
      { kind: 'http_status', status: 400, code: 'content_filter', message: 'filtered' },
    ],
    ['an error in a success', { kind: 'odd_reply', oddity: 'error_404_text' }],
    ['no credits, in a success', { kind: 'odd_reply', oddity: 'error_402' }],
  ])('goes to the next model at once: %s', async (_name, effect) => {
    const word = newWord();
    const match = { operation: 'model', promptIncludes: word, model: 'openai/first' };
    worker.control.addFault({ match, times: 'always', effect });
    const models = { model: 'openai/first', fallback_models: ['openai/second'] };
    const prompt = `${word} ${scripted([{ text: 'All is well.' }])}`;
    const ended = await worker.ended(await post({ prompt, ...models }));
    expect(ended).toMatchObject({ status: 'completed', text: 'All is well.' });
    expect(asked(word).map(({ model }) => model)).toEqual(['openai/first', 'openai/second']);
  });

  test.each<[string, FaultInput['effect'], string]>([
    ['a wrong key', { kind: 'http_status', status: 401 }, 'model_unauthorized'],
    ['a redirect', { kind: 'odd_reply', oddity: 'redirect' }, 'model_redirected'],
  ])('is not what is wrong with the endpoint itself: %s', async (_name, effect, code) => {
    const word = newWord();
    const match = { operation: 'model', promptIncludes: word };
    worker.control.addFault({ match, times: 'always', effect });
    const models = { model: 'openai/first', fallback_models: ['openai/second'] };
    expect(await worker.ended(await post({ prompt: word, ...models }))).toMatchObject({
      status: 'failed',
      failure: { code, retryable: false },
    });
    expect(asked(word)).toHaveLength(1);
  });
});

describe('a prompt that a content filter refused', () => {
  test('fails its job with a code of its own, and is left out of what later jobs send', async () => {
    const word = newWord();
    worker.control.addFault({
      match: { operation: 'model', promptIncludes: word },
      effect: { kind: 'http_status', status: 400, code: 'content_filter', message: 'filtered' },
    });
    const ended = await worker.ended(await post({ prompt: `Something awful: ${word}` }));
    expect(ended).toMatchObject({
      status: 'failed',
      failure: { code: 'model_content_filtered', retryable: false },
    });
    await goesOn(ended.job.conversation);
    expect(asked(word)).toHaveLength(1);
  });

  test('is left out with its calls, but for what they did', async () => {
    const word = newWord();
    const to = `${word}@b.example`;
    worker.control.scriptModel([
      { match: { promptIncludes: word }, turns: [{ toolCalls: [mailTo(to)] }] },
    ]);
    const stop = worker.control.on('tool.after_effect', () => {
      worker.control.addFault({
        match: { operation: 'model', promptIncludes: word },
        effect: { kind: 'http_status', status: 400, code: 'content_filter', message: 'filtered' },
      });
    });
    const id = await post({ prompt: `Something awful: ${word}`, connections: ['gmail'] });
    const ended = await worker.ended(id);
    stop();
    expect(ended).toMatchObject({ status: 'failed', failure: { code: 'model_content_filtered' } });
    expect(sentTo(to)).toHaveLength(1);
    const asks = asked(word).length;
    await goesOn(ended.job.conversation);
    expect(asked(word)).toHaveLength(asks);
    const { body } = worker.control.modelRequests().items.at(-1) ?? {};
    expect(JSON.stringify(body)).toContain('gmail_send_message succeeded');
  });
});
