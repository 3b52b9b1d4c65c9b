import { testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { scripted, startTestWorker } from './harness/start-test-worker.ts';

const worker = await startTestWorker(testRedis());
const { control } = worker;

const conversationOf = async (job: string) => (await worker.store.readJob(job))?.conversation;

/** As Azure's filter: it reads the whole request, and the word anywhere has all of it refused. */
function filter(word: string): void {
  control.addFault({
    match: { operation: 'model', promptIncludes: word },
    times: 'always',
    effect: {
      kind: 'http_status',
      status: 400,
      code: 'content_filter',
      message:
        'The response was filtered due to the prompt triggering the content management policy.',
    },
  });
}

test('a prompt that a content filter refused is not sent again: the conversation goes on', async () => {
  filter('forbidden-word');
  const refused = await worker.post({ prompt: 'Say forbidden-word.', connections: [] });
  expect(await worker.ended(refused)).toMatchObject({
    status: 'failed',
    failure: { code: 'model_content_filtered' },
  });
  const conversation = await conversationOf(refused);
  for (const text of ['The first after it.', 'The second after it.']) {
    const prompt = scripted([{ text }]);
    const job = await worker.post({ prompt, conversation, connections: [] });
    expect(await worker.ended(job)).toMatchObject({ status: 'completed', text });
    const request = control.modelRequests().items.findLast((each) => each.prompt.includes(text));
    expect(JSON.stringify(request?.body)).not.toContain('forbidden-word');
  }
});

test('what had been done before the refusal stays said', async () => {
  const call = { tool: 'gmail_get_profile', arguments: {} };
  const prompt = `second-forbidden\n${scripted([[call], { text: 'Never said.' }])}`;
  control.on('model.after_answer', ({ prompt: asked }) => {
    if (asked.includes('second-forbidden')) filter('second-forbidden');
  });
  const refused = await worker.post({ prompt });
  expect(await worker.ended(refused)).toMatchObject({
    status: 'failed',
    failure: { code: 'model_content_filtered' },
  });
  const later = scripted([{ text: 'After the call.' }]);
  const conversation = await conversationOf(refused);
  const job = await worker.post({ prompt: later, conversation, connections: [] });
  expect(await worker.ended(job)).toMatchObject({ status: 'completed' });
  const request = control
    .modelRequests()
    .items.findLast((each) => each.prompt.includes('After the call.'));
  expect(JSON.stringify(request?.body)).toContain('gmail_get_profile succeeded');
});
