import type { JsonObject } from '@pawl/contracts';
import { testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { scripted, startTestWorker } from './harness/start-test-worker.ts';

const worker = await startTestWorker(testRedis(), {
  sandbox: { endpoint: { models: { 'blind/one': { contentParts: false } } } },
});

const image = { type: 'image_url', image_url: { url: 'https://example.com/a.png' } } as const;
const data = {
  type: 'image_url',
  image_url: { url: 'data:image/png;base64,aGVsbG8=', detail: 'low' },
} as const;
const pdf = 'data:application/pdf;base64,aGVsbG8h';
const file = { type: 'file', file: { filename: 'a.pdf', file_data: pdf } } as const;
const says = (text: string) => ({ type: 'text', text: scripted([{ text }]) }) as const;

/** What the endpoint was sent last for a prompt that holds this text. */
const sentFor = (text: string) => {
  const { items } = worker.control.modelRequests();
  const request = items.findLast(({ prompt }) => prompt.includes(text));
  if (request === undefined) throw new Error(`nothing was asked about ${text}`);
  const { messages, model } = request.body as { messages: JsonObject[]; model: string };
  return { contents: messages.map(({ content }) => content), model };
};
const conversationOf = async (job: string) => (await worker.store.readJob(job))?.conversation;

test('the endpoint is given the parts of a prompt as they came', async () => {
  const prompt = [says('A cat.'), image, data, file];
  const id = await worker.post({ prompt, connections: [] });
  expect(await worker.ended(id)).toMatchObject({ status: 'completed', text: 'A cat.' });
  expect(sentFor('A cat.').contents.at(-1)).toEqual(prompt);
});

test('later jobs of the conversation send images by their URL again, and no data', async () => {
  const first = says('First.');
  const id = await worker.post({ prompt: [first, image, data, file], connections: [] });
  await worker.ended(id);
  const next = says('Second.');
  const conversation = await conversationOf(id);
  const later = await worker.post({ prompt: next.text, conversation, connections: [] });
  expect(await worker.ended(later)).toMatchObject({ status: 'completed', text: 'Second.' });
  expect(sentFor('Second.').contents).toEqual([
    [
      first,
      image,
      { type: 'text', text: '[image: data:image/png;base64,...(5 bytes)]' },
      { type: 'text', text: '[file: a.pdf]' },
    ],
    'First.',
    next.text,
  ]);
});

test('a model that takes no images is passed over for one that does', async () => {
  const id = await worker.post({
    prompt: [says('Seen.'), image],
    model: 'blind/one',
    fallback_models: ['seeing/two'],
    connections: [],
  });
  expect(await worker.ended(id)).toMatchObject({ status: 'completed', text: 'Seen.' });
  expect(sentFor('Seen.').model).toBe('seeing/two');
});

test('where no model takes images, the job fails with a code that says so', async () => {
  const prompt = [says('Never.'), image];
  const id = await worker.post({ prompt, model: 'blind/one', connections: [] });
  expect(await worker.ended(id)).toMatchObject({
    status: 'failed',
    failure: { code: 'model_content_unsupported' },
  });
});

test('a conversation with images goes on with a model that takes none', async () => {
  const id = await worker.post({ prompt: [says('Image.'), image], connections: [] });
  await worker.ended(id);
  const later = await worker.post({
    prompt: says('Text.').text,
    conversation: await conversationOf(id),
    model: 'blind/one',
    connections: [],
  });
  expect(await worker.ended(later)).toMatchObject({ status: 'completed', text: 'Text.' });
  const [earlier] = sentFor('Text.').contents;
  expect(earlier).toContain('[image: https://example.com/a.png]');
});
