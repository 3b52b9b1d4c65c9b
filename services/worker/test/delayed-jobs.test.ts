import { newId, shardOfId } from '@pawl/contracts';
import { admit } from '@pawl/engine';
import { createKeys } from '@pawl/store';
import { createGate, testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { scripted, startTestWorker } from './harness/start-test-worker.ts';

const redis = testRedis();
const keys = createKeys(redis.namespace);
const worker = await startTestWorker(redis);

/** Holds the model's answers to prompts with this text, until released. */
function hold(text: string): () => void {
  const release = createGate();
  worker.control.on('model.before_answer', async ({ prompt }) => {
    if (prompt.includes(text)) await release.opened;
  });
  return release.open;
}

const conversationOf = async (job: string) => (await worker.store.readJob(job))?.conversation ?? '';

test('three thousand delayed jobs that fall due together line up, and another tenant’s job goes on', async () => {
  const release = hold('the holder');
  const holders = await Promise.all(
    ['a', 'b', 'c'].map((user) =>
      worker.post({ prompt: scripted([{ text: 'the holder' }]), user }),
    ),
  );
  const conversations = await Promise.all(holders.map(conversationOf));
  const template = {
    request: await worker.store.readRequest(holders[0] ?? ''),
    limits: { turns: 8, tool_calls: 64, deadline_seconds: 86_400 },
    onUnknownOutcome: 'ask',
    priority: 0,
    whenBusy: 'queue',
    tenant: 'default',
    startsConversation: false,
  } as const;
  // Whichever are posted later than this line up at once: it is about their number, not about the moment.
  const startAt = Date.now() + 10_000;
  const perConversation = 1_000;
  await Promise.all(
    conversations.map(async (conversation, index) => {
      const user = ['a', 'b', 'c'][index] ?? '';
      for (let count = 0; count < perConversation; count += 1) {
        const id = newId('job', shardOfId(conversation));
        const outcome = await admit(worker.engine, {
          ...template,
          id,
          user,
          conversation,
          startAt,
        });
        expect(outcome.kind).toBe('admitted');
      }
    }),
  );
  const lengths = () =>
    Promise.all(
      conversations.map((id) =>
        redis.redis.zcard(`${keys.tag(shardOfId(id))}:conversation:${id}:line`),
      ),
    );
  await expect.poll(async () => Math.max(...(await lengths()))).toBeGreaterThan(0);
  const other = await worker.post(
    { prompt: scripted([{ text: 'Not held up.' }]) },
    { tenant: 'other' },
  );
  expect(await worker.ended(other)).toMatchObject({ status: 'completed', text: 'Not held up.' });
  await expect.poll(lengths).toEqual(conversations.map(() => perConversation));
  const extra = {
    ...template,
    id: newId('job', shardOfId(conversations[0] ?? '')),
    user: 'a',
    conversation: conversations[0] ?? '',
  };
  expect((await admit(worker.engine, { ...extra, startAt: Date.now() + 60_000 })).kind).toBe(
    'full',
  );
  release();
  for (const holder of holders) await worker.ended(holder);
});

test('a job with a later start interrupts nothing, now or when it is due', async () => {
  const release = hold('not interrupted');
  const running = await worker.post({ prompt: scripted([{ text: 'not interrupted' }]) });
  const conversation = await conversationOf(running);
  const id = newId('job', shardOfId(conversation));
  const outcome = await admit(worker.engine, {
    id,
    tenant: 'default',
    user: (await worker.store.readJob(running))?.user ?? '',
    conversation,
    startsConversation: false,
    request: await worker.store.readRequest(running),
    limits: { turns: 8, tool_calls: 64, deadline_seconds: 86_400 },
    onUnknownOutcome: 'ask',
    priority: 0,
    // Late enough that a busy machine has admitted it before.
    startAt: Date.now() + 3_000,
    whenBusy: 'interrupt',
  });
  expect(outcome.kind).toBe('admitted');
  await expect.poll(async () => (await worker.store.readJob(id))?.phase.name).toBe('lined');
  release();
  expect(await worker.ended(running)).toMatchObject({ status: 'completed' });
  expect(await worker.ended(id)).toMatchObject({ status: 'completed' });
});
