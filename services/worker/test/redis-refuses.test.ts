import { connectRedis } from '@pawl/runtime';
import { createKeys } from '@pawl/store';
import { createGate, type Gate, startRefusingRedis, waitFor, waysToRefuse } from '@pawl/testing';
import { afterAll, afterEach, expect, test } from 'vitest';
import { scripted, startTestWorker } from './harness/start-test-worker.ts';
import { startReceiver } from './harness/webhook-receiver.ts';

// What a worker has learnt while Redis refuses to take it is committed once Redis takes it.
const redis = await startRefusingRedis();
afterAll(() => redis.remove());
const namespace = 'refused';
const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const worker = await startTestWorker(
  { url: redis.url, namespace },
  { webhooks: { given: { default: [secret] } } },
);
const reader = connectRedis(redis.url, 'worker');
afterEach(() => redis.heal());
afterAll(async () => {
  await redis.heal();
  reader.disconnect();
});

/** The next time that the sandbox comes by, it waits for the gate. */
function hold(point: 'tool.after_effect' | 'model.before_answer'): { arrived: Gate; gate: Gate } {
  const [arrived, gate] = [createGate(), createGate()];
  const stop = worker.control.on(point, async () => {
    stop();
    arrived.open();
    await gate.opened;
  });
  return { arrived, gate };
}

const linesOf = (text: string) => worker.lines.filter((line) => line.includes(text)).length;

/** Resolves once the worker has learnt something new that it must keep. */
function whenKept(): () => Promise<unknown> {
  const before = linesOf('Redis refuses what was learnt');
  return () => waitFor(() => linesOf('Redis refuses what was learnt') > before);
}

async function eventsOf(job: string): Promise<string> {
  return JSON.stringify(await reader.hgetall(createKeys(namespace).job(job)));
}

const mail = (to: string) => ({
  tool: 'gmail_send_message',
  arguments: { to, subject: 'Hello', body: 'Hello.' },
});

const sentTo = (recipient: string) =>
  worker.control
    .effects()
    .items.filter(({ arguments: input }) => JSON.stringify(input).includes(recipient)).length;

test.each(waysToRefuse)(
  'what a writing call answered while Redis said %s is committed afterwards, and nobody is asked',
  async (way) => {
    const to = `${way.toLowerCase()}@example.com`;
    const held = hold('tool.after_effect');
    const job = await worker.post({ prompt: scripted([[mail(to)], { text: 'Sent.' }]) });
    await held.arrived.opened;
    const isKept = whenKept();
    const called = linesOf('tool called');
    await redis.refuse(way);
    held.gate.open();
    // A Redis that is paused says nothing: the command waits there.
    await (way === 'PAUSE' || way === 'WRONGPASS'
      ? waitFor(() => linesOf('tool called') > called)
      : isKept());
    await redis.heal();
    expect(await worker.ended(job)).toMatchObject({ status: 'completed', text: 'Sent.' });
    expect(sentTo(to)).toBe(1);
    const call = (await worker.steps(job)).find(({ type }) => type === 'tool_call');
    expect(call).toMatchObject({ status: 'succeeded', attempts: 1 });
    expect(await eventsOf(job)).not.toMatch(/unknown|requires_action/);
  },
);

test.each(['OOM', 'READONLY', 'BUSY', 'NOPERM'] as const)(
  'a reply that came while Redis said %s is not paid for twice',
  async (way) => {
    const prompt = scripted([{ text: `Answered in spite of ${way}.` }]);
    const held = hold('model.before_answer');
    const job = await worker.post({ prompt });
    await held.arrived.opened;
    const isKept = whenKept();
    await redis.refuse(way);
    held.gate.open();
    await isKept();
    await redis.heal();
    const ended = await worker.ended(job);
    expect(ended).toMatchObject({ status: 'completed', text: `Answered in spite of ${way}.` });
    expect(ended.job.usage.modelCalls).toBe(1);
    const requests = worker.control.modelRequests().items;
    expect(requests.filter((request) => request.prompt.includes(`of ${way}.`))).toHaveLength(1);
  },
);

test('a webhook that was delivered while Redis refused is not delivered again', async () => {
  const [arrived, gate] = [createGate(), createGate()];
  const receiver = await startReceiver((_request, response) => {
    arrived.open();
    void gate.opened.then(() => response.writeHead(204).end());
  });
  const prompt = scripted([{ text: 'Told.' }]);
  const job = await worker.post({ prompt, webhook: { url: receiver.url } });
  await arrived.opened;
  const isKept = whenKept();
  await redis.refuse('OOM');
  gate.open();
  await isKept();
  await redis.heal();
  await waitFor(async () => {
    const { deliveries } = await worker.store.listDeliveries({ tenant: 'default', job, limit: 10 });
    return deliveries.length === 1 && deliveries[0]?.phase.status === 'succeeded';
  });
  expect(receiver.of(job)).toHaveLength(1);
});
