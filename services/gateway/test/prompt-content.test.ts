import type { ConversationMessageList, Problem } from '@pawl/contracts';
import { testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { apiClient } from './harness/api-client.ts';
import { completeJob } from './harness/drive-job.ts';
import { startTestGateway } from './harness/start-test-gateway.ts';

const gateway = await startTestGateway(testRedis());
const api = apiClient(gateway.url);

const text = { type: 'text', text: 'What is this?' };
const image = { type: 'image_url', image_url: { url: 'https://example.com/a.png' } };
const imageAt = (url: string) => ({ type: 'image_url', image_url: { url } });
const png = `data:image/png;base64,${Buffer.from('a picture').toString('base64')}`;
const data = { type: 'image_url', image_url: { url: png } };
const shownData = {
  type: 'image_url',
  image_url: { url: 'data:image/png;base64,...(9 bytes)' },
};

test('a prompt of parts is kept whole, and shown with its text and without its data', async () => {
  const { status, body: job } = await api.post('/v1/jobs', { prompt: [text, image, data] });
  expect(status).toBe(202);
  expect(job.prompt).toBe(
    'What is this?\n[image: https://example.com/a.png]\n[image: data:image/png;base64,...(9 bytes)]',
  );
  expect(job.prompt_parts).toEqual([text, image, shownData]);
  const stored = await gateway.store.readRequest(job.id);
  expect(stored.content).toEqual([text, image, data]);
  await completeJob(gateway.engine, job.id, 'A picture.');
  const { body } = await api.get<ConversationMessageList>(
    `/v1/conversations/${job.conversation}/messages`,
  );
  expect(body.data).toMatchObject([
    { role: 'user', content: job.prompt, parts: [text, image, shownData] },
    { role: 'assistant', content: 'A picture.' },
  ]);
});

test.each([
  ['no part', [], 'prompt'],
  ['too many parts', Array.from({ length: 51 }, () => text), 'prompt'],
  ['too much text', [1, 2].map(() => ({ type: 'text', text: 'a'.repeat(60_000) })), 'prompt'],
  ['a file of this machine', [imageAt('file:///etc/passwd')], 'prompt[0].image_url.url'],
  ['no URL', [imageAt('https://')], 'prompt[0].image_url.url'],
  ['no image', [imageAt('data:text/html;base64,aGk=')], 'prompt[0].image_url.url'],
  [
    'an address in this network',
    [text, imageAt('http://169.254.169.254/')],
    'prompt[1].image_url.url',
  ],
  ['a file without content', [{ type: 'file', file: { filename: 'a' } }], 'prompt[0].file'],
  ['another part', [{ type: 'audio', audio: {} }], 'prompt'],
])('%s is refused', async (_what, prompt, path) => {
  const { status, body } = await api.post<Problem>('/v1/jobs', { prompt });
  expect(status).toBe(400);
  expect(body.errors?.[0]?.path).toBe(path);
});
