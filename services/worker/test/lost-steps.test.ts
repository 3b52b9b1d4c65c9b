import { createKeys } from '@pawl/store';
import { createGate, testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { scripted, startTestWorker } from './harness/start-test-worker.ts';

const redis = testRedis();
const keys = createKeys(redis.namespace);
const worker = await startTestWorker(redis, {
  shards: 1,
  timings: { concurrency: 1, sweepInterval: 60_000 },
});

/** Holds tools, and the model's answer to this prompt, until released. */
function hold(held: string) {
  const [called, answer, asked, release] = [createGate(), createGate(), createGate(), createGate()];
  worker.control.on('tool.before_effect', async () => {
    called.open();
    await answer.opened;
  });
  worker.control.on('model.before_answer', async ({ prompt }) => {
    if (!prompt.includes(held)) return;
    asked.open();
    await release.opened;
  });
  return { called: called.opened, answer: answer.open, asked: asked.opened, release: release.open };
}

async function postWithCall(answer: string, hasEarlier: boolean): Promise<string> {
  const prompt = scripted([[{ tool: 'gmail_get_profile', arguments: {} }], { text: answer }]);
  if (!hasEarlier) return worker.post({ prompt });
  const first = await worker.post({ prompt: scripted([{ text: 'First.' }]), connections: [] });
  const { job } = await worker.ended(first);
  return worker.post({ prompt, conversation: job.conversation });
}

/** As if Redis had lost its last second, and somebody else had taken the turn and committed another reply. */
async function loseReply(id: string, content: string): Promise<void> {
  const steps = Object.entries(await redis.redis.hgetall(keys.steps(id)));
  const [field = '', text = ''] = steps.find(([, step]) => step.includes('"kind":"turn"')) ?? [];
  const { message, ...record } = JSON.parse(text) as { message: object };
  const replaced = JSON.stringify({ ...record, message: { ...message, content } });
  await redis.redis.hset(keys.steps(id), field, replaced);
  await redis.redis.hset(keys.job(id), 'commits', 'AAAAAAAAAAAA');
}

function lastMessages(answer: string): string {
  const requests = worker.control.modelRequests().items;
  const request = requests.findLast(({ prompt }) => prompt.includes(answer));
  return JSON.stringify((request?.body as { messages: unknown } | undefined)?.messages);
}

const places = [
  { where: 'the first job of a conversation', hasEarlier: false },
  { where: 'a later job', hasEarlier: true },
];

test.each(places)(
  'a turn that is gone on with reads the reply that Redis has, and not one that it lost: $where',
  async ({ hasEarlier }) => {
    const held = hold('Nobody asks this.');
    const answer = `Gone on: ${hasEarlier}.`;
    const id = await postWithCall(answer, hasEarlier);
    await held.called;
    await loseReply(id, 'What Redis has.');
    held.answer();
    expect(await worker.ended(id)).toMatchObject({ status: 'completed', text: answer });
    expect(lastMessages(answer)).toContain('What Redis has.');
  },
);

test.each(places)(
  'a turn that waits for a slot reads the reply that Redis has, and not one that it lost: $where',
  async ({ hasEarlier }) => {
    const first = `Before: ${hasEarlier}.`;
    const held = hold(first);
    const answer = `Waited: ${hasEarlier}.`;
    const id = await postWithCall(answer, hasEarlier);
    await held.called;
    const other = await worker.post({ prompt: scripted([{ text: first }]), connections: [] });
    await held.asked;
    held.answer();
    await worker.until(id, ({ phase, turn }) => phase.name === 'turn' && turn === 1);
    await loseReply(id, 'What Redis has.');
    held.release();
    expect(await worker.ended(id)).toMatchObject({ status: 'completed', text: answer });
    expect(lastMessages(answer)).toContain('What Redis has.');
    await worker.ended(other);
  },
);
