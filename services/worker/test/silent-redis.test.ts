import { createGate, startTcpProxy, testRedis, waitFor } from '@pawl/testing';
import { afterAll, expect, test } from 'vitest';
import { scripted, startTestWorker } from './harness/start-test-worker.ts';

// A host that vanishes closes no connection: TCP would give up on it after minutes.
const redis = testRedis({ oneServer: true });
const proxy = await startTcpProxy(new URL(redis.url));
afterAll(() => proxy.stop());
const url = Object.assign(new URL(redis.url), {
  hostname: '127.0.0.1',
  port: String(proxy.port),
}).href;
// Longer than BullMQ blocks while it has nothing to do: five seconds.
const worker = await startTestWorker({ ...redis, url }, { silence: 6_000 });

test('what a worker learns while Redis is silent is committed over a new connection, and it takes the next job', async () => {
  const [arrived, gate] = [createGate(), createGate()];
  const stop = worker.control.on('model.before_answer', async () => {
    stop();
    arrived.open();
    await gate.opened;
  });
  const job = await worker.post({ prompt: scripted([{ text: 'Answered.' }]) });
  await arrived.opened;
  proxy.silence();
  gate.open();
  expect(await worker.ended(job)).toMatchObject({ status: 'completed', text: 'Answered.' });
  await waitFor(() => proxy.opened() > 10);
  const next = await worker.post({ prompt: scripted([{ text: 'Next.' }]) });
  expect(await worker.ended(next)).toMatchObject({ status: 'completed', text: 'Next.' });
});
