import { cancelJob } from '@pawl/engine';
import { createKeys } from '@pawl/store';
import { createGate, testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { scripted, startTestWorker } from './harness/start-test-worker.ts';

const redis = testRedis();
const keys = createKeys(redis.namespace);
// No stop may end the model call first.
const worker = await startTestWorker(redis, { isDeaf: true, timings: { sweepInterval: 60_000 } });

test('a reply does not bring back a job that ended in the place of a claim that Redis lost', async () => {
  const [asked, answer] = [createGate(), createGate()];
  worker.control.on('model.before_answer', async () => {
    asked.open();
    await answer.opened;
  });
  const prompt = scripted([[{ tool: 'gmail_get_profile', arguments: {} }], { text: 'Done.' }]);
  const id = await worker.post({ prompt });
  await asked.opened;
  const claimed = await worker.store.readJob(id);
  expect(claimed).toMatchObject({ sequence: 2, phase: { step: { status: 'running' } } });

  const step = { status: 'ready', since: 1, epoch: 0, attempts: 0, crashes: 0, notBefore: 0 };
  const admitted = { ...claimed, sequence: 1, phase: { name: 'turn', step } };
  await redis.redis.hset(keys.job(id), { sequence: '1', state: JSON.stringify(admitted) });
  await redis.redis.hset(keys.job(id), { events: '1' });
  expect(await cancelJob(worker.engine, id, 'api')).toBe(true);
  const cancelled = await worker.store.readJob(id);
  expect(cancelled).toMatchObject({ sequence: 2, phase: { name: 'ended' } });

  answer.open();
  const line = () => worker.lines.find((each) => each.includes(id) && /turn \w+"/.test(each));
  await expect.poll(line).toContain('turn superseded');
  expect(await worker.store.readJob(id)).toEqual(cancelled);
});
