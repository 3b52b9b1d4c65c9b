import { cancelJob } from '@pawl/engine';
import { createGate, testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { scripted, startTestWorker } from './harness/start-test-worker.ts';

const worker = await startTestWorker(testRedis());

const conversationOf = async (job: string) => (await worker.store.readJob(job))?.conversation;
const messagesSent = (prompt: string) => {
  const request = worker.control
    .modelRequests()
    .items.findLast(({ prompt: last }) => last.includes(prompt));
  const body = request?.body as { messages: { role: string; content: string }[] } | undefined;
  return body?.messages ?? [];
};

/** Holds the model's answers to prompts with this text, until released. */
function hold(text: string): { reached: Promise<void>; release: () => void } {
  const [arrival, release] = [createGate(), createGate()];
  worker.control.on('model.before_answer', async ({ prompt }) => {
    if (!prompt.includes(text)) return;
    arrival.open();
    await release.opened;
  });
  return { reached: arrival.opened, release: release.open };
}

test('a second job sees the first one’s messages', async () => {
  const first = await worker.post({ prompt: 'Fetch my last 2 unread emails.' });
  const { text } = await worker.ended(first);
  const conversation = await conversationOf(first);
  const second = await worker.post({ prompt: scripted([{ text: 'Yes.' }]), conversation });
  await worker.ended(second);
  const messages = messagesSent('Yes.');
  expect(messages.map(({ role }) => role)).toEqual([
    'user',
    'assistant',
    'tool',
    'assistant',
    'user',
  ]);
  expect(messages[0]?.content).toBe('Fetch my last 2 unread emails.');
  expect(messages[3]?.content).toBe(text);
});

test('each turn of a later job sees the first one’s messages', async () => {
  const first = await worker.post({ prompt: scripted([{ text: 'First.' }]), connections: [] });
  const { job } = await worker.ended(first);
  const call = [{ tool: 'gmail_get_profile', arguments: {} }];
  const prompt = scripted([call, call, { text: 'Second.' }]);
  await worker.ended(await worker.post({ prompt, conversation: job.conversation }));
  const requests = worker.control.modelRequests().items;
  const sent = requests.filter((request) => request.prompt.includes('Second.'));
  const answers = sent.map(({ body }) =>
    (body as { messages: { content: string }[] }).messages
      .map(({ content }) => content)
      .filter((content) => content === 'First.'),
  );
  expect(answers).toEqual([['First.'], ['First.'], ['First.']]);
});

test('jobs of one conversation never run beside each other, and run in their order', async () => {
  const held = hold('the long one');
  const first = await worker.post({ prompt: scripted([{ text: 'the long one' }]) });
  const conversation = await conversationOf(first);
  await held.reached;
  const others = [];
  for (const text of ['second', 'third', 'fourth']) {
    others.push(await worker.post({ prompt: scripted([{ text }]), conversation }));
  }
  const waiting = await Promise.all(others.map((id) => worker.store.readJob(id)));
  expect(waiting.map((job) => job?.phase.name)).toEqual(['lined', 'lined', 'lined']);
  held.release();
  const ended = await Promise.all([first, ...others].map((id) => worker.ended(id)));
  const spans = ended.map(({ job }) => ({
    from: job.startedAt ?? 0,
    to: job.phase.name === 'ended' ? job.phase.at : 0,
  }));
  for (const [index, span] of spans.slice(1).entries()) {
    expect(span.from).toBeGreaterThanOrEqual(spans[index]?.to ?? Number.NaN);
  }
  expect((await worker.store.readConversation(conversation ?? ''))?.active).toBeNull();
});

test('interrupt cancels the running job and takes its place', async () => {
  const held = hold('to be interrupted');
  const first = await worker.post({ prompt: scripted([{ text: 'to be interrupted' }]) });
  const conversation = await conversationOf(first);
  await held.reached;
  const second = await worker.post({
    prompt: scripted([{ text: 'instead' }]),
    conversation,
    when_busy: 'interrupt',
  });
  expect(await worker.ended(first)).toMatchObject({ status: 'cancelled', by: 'interrupt' });
  expect(await worker.ended(second)).toMatchObject({ status: 'completed', text: 'instead' });
  held.release();
});

test('a job with a later start joins the line when it is due', async () => {
  const job = { prompt: scripted([{ text: 'later' }]), connections: [] };
  const waiting = await worker.post({ ...job, delay_seconds: 3_600 });
  expect((await worker.store.readJob(waiting))?.phase.name).toBe('scheduled');
  const before = Date.now();
  const ended = await worker.ended(await worker.post({ ...job, delay_seconds: 1 }));
  expect(ended).toMatchObject({ status: 'completed', text: 'later' });
  expect(ended.job.startedAt).toBeGreaterThanOrEqual(before + 1_000);
});

test('the next job waits for a cancelled one’s call in flight, and reads that its outcome is unknown (invariant 6)', async () => {
  const [begun, letGo] = [createGate(), createGate()];
  worker.control.on('tool.after_effect', async ({ arguments: input }) => {
    if (!JSON.stringify(input).includes('held@example.com')) return;
    begun.open();
    await letGo.opened;
  });
  const call = {
    tool: 'gmail_send_message',
    arguments: { to: 'held@example.com', subject: 'Hello', body: 'Hello.' },
  };
  const first = await worker.post({ prompt: scripted([[call], { text: 'Sent.' }]) });
  const conversation = await conversationOf(first);
  await begun.opened;
  await cancelJob(worker.engine, first, 'api');
  const second = await worker.post({ prompt: scripted([{ text: 'What now?' }]), conversation });
  expect((await worker.store.readJob(second))?.phase.name).toBe('lined');
  letGo.open();
  expect(await worker.ended(second)).toMatchObject({ status: 'completed' });
  const answer = messagesSent('What now?').find(({ role }) => role === 'tool');
  expect(answer?.content).toContain('outcome_unknown');
  const steps = await worker.steps(first);
  expect(steps.find(({ type }) => type === 'tool_call')).toMatchObject({
    status: 'unknown',
    late_outcome: { error: null },
  });
});
