import { unguarded } from '@pawl/engine';
import { testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { callTool } from '../src/call-tool.ts';
import { startCallsByHand } from './harness/calls-by-hand.ts';

const byHand = await startCallsByHand(testRedis());

test('a write that a stopping worker never sent goes back with no attempt lost, and nobody is asked (invariant 5)', async () => {
  const job = await byHand.post();
  await byHand.askForCall(job, { to: 'unsent@example.com' });
  const stopping = byHand.newWorker();
  stopping.runningCalls.stopAll();
  await callTool(stopping, await byHand.taskOf(job), unguarded);
  expect(byHand.sentTo('unsent@example.com')).toBe(0);
  expect(await byHand.stored(job.id)).toMatchObject({
    claims: [],
    phase: { name: 'calls', calls: [{ step: { status: 'ready', attempts: 0 } }] },
  });
  await callTool(byHand.newWorker(), await byHand.taskOf(job), unguarded);
  expect(byHand.sentTo('unsent@example.com')).toBe(1);
  expect(await byHand.stored(job.id)).toMatchObject({ turn: 1 });
});
