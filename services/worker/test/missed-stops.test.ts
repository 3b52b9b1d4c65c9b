import { cancelJob } from '@pawl/engine';
import { testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { startTestWorker } from './harness/start-test-worker.ts';

const worker = await startTestWorker(testRedis(), { isDeaf: true });

test('a model call ends soon after its job was cancelled, though its worker did not hear the stop', async () => {
  const prompt = 'Will be cancelled.';
  const other = 'Goes on.';
  worker.control.addFault({
    match: { operation: 'model' },
    times: 2,
    effect: { kind: 'hang' },
  });
  const [id] = await Promise.all([
    worker.post({ prompt, connections: [] }),
    worker.post({ prompt: other, connections: [] }),
  ]);
  const held = () => worker.control.held().map((call) => call.prompt);
  await expect.poll(() => new Set(held())).toEqual(new Set([prompt, other]));
  expect(await cancelJob(worker.engine, id, 'api')).toBe(true);
  await expect.poll(held).toEqual([other]);
});
