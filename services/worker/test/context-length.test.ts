import { testRedis } from '@pawl/testing';
import { afterEach, expect, test } from 'vitest';
import { scripted, startTestWorker } from './harness/start-test-worker.ts';

// Results are given whole here, so that the model’s length is what cuts them.
const worker = await startTestWorker(testRedis(), { tasks: { resultCharacters: 400_000 } });
const { control } = worker;

afterEach(() => control.setEndpoint({}));

const conversationOf = async (job: string) => (await worker.store.readJob(job))?.conversation ?? '';

test.each([
  'openai',
  'anthropic',
  'gemini',
  'vllm',
  'mistral',
  'llama.cpp',
  'litellm',
  'ollama',
] as const)(
  'a conversation of 300,000 characters goes on with a model of 50,000 tokens, in the words of %s',
  async (contextError) => {
    let conversation: string | undefined;
    for (const part of [1, 2, 3]) {
      const earlier = await worker.post({
        prompt: `${contextError} ${part} ${'x'.repeat(99_000)}\n${scripted([{ text: 'Noted.' }])}`,
        connections: [],
        conversation,
      });
      expect(await worker.ended(earlier)).toMatchObject({ status: 'completed' });
      conversation ??= await conversationOf(earlier);
    }
    control.setEndpoint({ contextTokens: 50_000, contextError });
    control.clearRecords();
    const prompt = scripted([{ text: 'Here I am.' }]);
    const job = await worker.post({ prompt, connections: [], conversation });
    const ended = await worker.ended(job);
    expect(ended).toMatchObject({ status: 'completed', text: 'Here I am.' });
    const sent = control.modelRequests().items;
    const refused = sent.filter(({ status }) => status !== 200);
    expect(refused).toHaveLength(ended.job.messageBudget?.trims ?? 0);
    expect(refused.length).toBeGreaterThan(0);
    expect(sent).toHaveLength(refused.length + 1);
    expect(sent.at(-1)?.messageCount).toBeGreaterThan(1);
  },
);

test('eight results of 96,000 characters in one job are shortened, and the job goes on', async () => {
  const draft = { to: 'a@b.example', subject: 'Long', body: 'z'.repeat(95_500) };
  const call = { tool: 'gmail_create_draft', arguments: draft };
  const writer = await worker.post({ prompt: scripted([[call], { text: 'Written.' }]) });
  expect(await worker.ended(writer)).toMatchObject({ status: 'completed' });
  control.setEndpoint({ contextTokens: 50_000 });
  control.clearRecords();
  const read = { tool: 'gmail_list_drafts', arguments: { max_results: 1 } };
  const four = [read, read, read, read];
  const prompt = scripted([four, four, { text: 'Read.' }]);
  const ended = await worker.ended(await worker.post({ prompt }));
  expect(ended).toMatchObject({ status: 'completed', text: 'Read.' });
  // One trim, which is stored: the second four results are cut before they are sent.
  expect(control.modelRequests().items.map(({ status }) => status)).toEqual([200, 400, 200, 200]);
});

test('a prompt that is too long by itself goes to the next model, and fails the job where there is none', async () => {
  control.setEndpoint({ models: { 'small/one': { contextTokens: 1_000 } } });
  const prompt = `${'y'.repeat(8_000)}\n${scripted([{ text: 'Large enough.' }])}`;
  const alone = await worker.post({ prompt, model: 'small/one', connections: [] });
  expect(await worker.ended(alone)).toMatchObject({
    status: 'failed',
    failure: { code: 'model_context_length', retryable: false },
  });
  const helped = await worker.post({
    prompt,
    model: 'small/one',
    fallback_models: ['large/one'],
    connections: [],
  });
  expect(await worker.ended(helped)).toMatchObject({ status: 'completed', text: 'Large enough.' });
});
