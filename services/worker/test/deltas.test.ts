import { createGate, testRedis, waitFor } from '@pawl/testing';
import { expect, test } from 'vitest';
import { scripted, startTestWorker } from './harness/start-test-worker.ts';

const worker = await startTestWorker(testRedis());
const { store } = worker;

const wasStreamed = (text: string) =>
  worker.control
    .modelRequests()
    .items.filter(({ prompt }) => prompt.includes(text))
    .map(({ stream }) => stream);

test('a model is not streamed while nobody watches', async () => {
  const text = 'Nobody is here.';
  await worker.ended(await worker.post({ prompt: scripted([{ text }]), connections: [] }));
  expect(wasStreamed(text)).toEqual([false]);
});

/** A job whose second turn says the text; it is watched from within the first on. */
async function watchedJob(text: string) {
  const [asked, release] = [createGate(), createGate()];
  worker.control.on('model.before_answer', async ({ prompt, turn }) => {
    if (turn > 0 || !prompt.includes(text)) return;
    asked.open();
    await release.opened;
  });
  const prompt = scripted([[{ tool: 'gmail_get_profile', arguments: {} }], { text }]);
  const id = await worker.post({ prompt });
  await asked.opened;
  await store.watchJob(id);
  const replies = await store.watchReplies(id);
  return { id, replies, goOn: release.open };
}

test('while somebody watches, the text comes as the model says it', async () => {
  const text = 'The whole of a text that comes in several pieces, and is the answer afterwards.';
  const { id, replies, goOn } = await watchedJob(text);
  goOn();
  expect(await worker.ended(id)).toMatchObject({ status: 'completed', text });
  await waitFor(() => replies.current()?.text === text);
  expect(replies.current()).toMatchObject({ turn: 1, attempt: 1, isDiscarded: false });
  expect(wasStreamed(text)).toEqual([false, true]);
  await replies.close();
});

test('a stream that breaks in mid-answer is a failed attempt: its text is discarded', async () => {
  const text = 'A text of which half came before the connection was lost, and then all of it came.';
  const { id, replies, goOn } = await watchedJob(text);
  worker.control.addFault({
    match: { operation: 'model', promptIncludes: text },
    when: 'after-effect',
    effect: { kind: 'drop_connection' },
  });
  const seen: string[] = [];
  replies.onChange(() => {
    const { turn, attempt, isDiscarded } = replies.current() ?? {};
    seen.push(`${turn} ${attempt} ${isDiscarded === true ? 'discarded' : 'told'}`);
  });
  goOn();
  expect(await worker.ended(id)).toMatchObject({ status: 'completed', text });
  await waitFor(() => replies.current()?.attempt === 2 && replies.current()?.text === text);
  expect(seen).toContain('1 1 discarded');
  expect(seen.indexOf('1 1 discarded')).toBeLessThan(seen.indexOf('1 2 told'));
  await replies.close();
});
