import { cancelJob } from '@pawl/engine';
import { testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { scripted, startTestWorker } from './harness/start-test-worker.ts';

const worker = await startTestWorker(testRedis());

const read = { tool: 'gmail_get_profile', arguments: {} };
const asked = (text: string) =>
  worker.control.modelRequests().items.filter(({ prompt }) => prompt.includes(text));

test('a model that never stops asking for tools ends as incomplete at N, never N + 1 (invariant 10)', async () => {
  const prompt = `${scripted(Array.from({ length: 9 }, () => [read]))} Never stops.`;
  const id = await worker.post({ prompt, limits: { turns: 3 } });
  const ended = await worker.ended(id);
  expect(ended).toMatchObject({ status: 'incomplete', stopReason: 'turns' });
  expect(ended.job.usage).toMatchObject({ modelCalls: 3, toolCalls: 2 });
  expect(asked('Never stops.')).toHaveLength(3);
});

test('eight turns are the default', async () => {
  const id = await worker.post({ prompt: scripted(Array.from({ length: 9 }, () => [read])) });
  const ended = await worker.ended(id);
  expect(ended).toMatchObject({ status: 'incomplete', stopReason: 'turns' });
  expect(ended.job.usage.modelCalls).toBe(8);
});

test('of a batch that exceeds the tool calls none runs', async () => {
  const before = worker.control.toolRequests().total;
  const id = await worker.post({
    prompt: scripted([[read, read, read], { text: 'Done.' }]),
    limits: { tool_calls: 2 },
  });
  expect(await worker.ended(id)).toMatchObject({ status: 'incomplete', stopReason: 'tool_calls' });
  expect(worker.control.toolRequests().total).toBe(before);
  const steps = await worker.steps(id);
  expect(steps.filter((step) => 'status' in step && step.status === 'not_run')).toHaveLength(3);
});

test('no model call starts once the tokens are used up, and its output is capped by what is left', async () => {
  const text = 'Counts tokens.';
  worker.control.scriptModel([
    {
      match: { promptIncludes: text },
      turns: [
        { toolCalls: [{ name: read.tool }], usage: { inputTokens: 30, outputTokens: 20 } },
        { toolCalls: [{ name: read.tool }], usage: { inputTokens: 40, outputTokens: 20 } },
        { text: 'never' },
      ],
    },
  ]);
  const id = await worker.post({ prompt: text, limits: { tokens: 100 } });
  const ended = await worker.ended(id);
  expect(ended).toMatchObject({ status: 'incomplete', stopReason: 'tokens' });
  expect(ended.job.usage).toMatchObject({ inputTokens: 70, outputTokens: 40, modelCalls: 2 });
  const caps = asked(text).map(
    ({ body }) => (body as { max_completion_tokens?: number }).max_completion_tokens,
  );
  expect(caps).toEqual([100, 50]);
});

test('no model call starts once the cost is used up', async () => {
  const text = 'Counts cost.';
  worker.control.scriptModel([
    {
      match: { promptIncludes: text },
      turns: [{ toolCalls: [{ name: read.tool }], usage: { costUsd: 0.5 } }, { text: 'never' }],
    },
  ]);
  const id = await worker.post({ prompt: text, limits: { cost_usd: 0.5 } });
  expect(await worker.ended(id)).toMatchObject({ status: 'incomplete', stopReason: 'cost' });
  expect(asked(text)).toHaveLength(1);
});

test('an answer that was cut off is incomplete, with its text kept', async () => {
  const text = 'Cut off.';
  worker.control.scriptModel([
    { match: { promptIncludes: text }, turns: [{ text: 'Half of it', finishReason: 'length' }] },
  ]);
  const id = await worker.post({ prompt: text, connections: [] });
  expect(await worker.ended(id)).toMatchObject({
    status: 'incomplete',
    stopReason: 'output_limit',
    text: 'Half of it',
  });
});

const isHeld = (text: string) => worker.control.held().some(({ prompt }) => prompt?.includes(text));

test('a job whose deadline passes expires, in the middle of a model call too', async () => {
  const text = 'Takes too long.';
  worker.control.addFault({
    match: { operation: 'model', promptIncludes: text },
    effect: { kind: 'hang' },
  });
  const limits = { deadline_seconds: 600 };
  const id = await worker.post({ prompt: text, connections: [], limits });
  await expect.poll(() => isHeld(text)).toBe(true);
  await worker.sweepLater(600_000);
  expect(await worker.ended(id)).toMatchObject({ status: 'expired' });
  await expect.poll(() => isHeld(text)).toBe(false);
});

test('a cancel aborts the model call that is in flight', async () => {
  const text = 'Will be cancelled.';
  worker.control.addFault({
    match: { operation: 'model', promptIncludes: text },
    effect: { kind: 'hang' },
  });
  const id = await worker.post({ prompt: text, connections: [] });
  await expect.poll(() => isHeld(text)).toBe(true);
  expect(await cancelJob(worker.engine, id, 'api')).toBe(true);
  await expect.poll(() => isHeld(text)).toBe(false);
  expect(await worker.ended(id)).toMatchObject({ status: 'cancelled', by: 'api' });
  expect(asked(text)).toHaveLength(1);
});
