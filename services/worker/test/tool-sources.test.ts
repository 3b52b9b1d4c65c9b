import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cancelJob, takeResult } from '@pawl/engine';
import { testRedis } from '@pawl/testing';
import { afterAll, expect, test } from 'vitest';
import { Webhook } from 'standardwebhooks';
import { scripted, startTestWorker } from './harness/start-test-worker.ts';

const secret = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;

interface Received {
  readonly key: string;
  readonly body: { readonly user: string; readonly tool: string };
}

const received: Received[] = [];
const done = new Set<string>();

/** Longer than what a model is given at once. */
const report = `begin ${'\u{1F600}'.repeat(12_000)} end`;

/** A function that does its work once for each key, and whose first answer is lost each time. */
const server = createServer((request, response) => {
  let text = '';
  request.on('data', (chunk) => {
    text += String(chunk);
  });
  request.on('end', () => {
    const body = new Webhook(secret).verify(text, request.headers as Record<string, string>);
    const key = String(request.headers['idempotency-key']);
    received.push({ key, body: body as Received['body'] });
    if (request.url === '/charge' && !done.has(key)) {
      done.add(key);
      response.destroy();
      return;
    }
    if (request.url === '/later') {
      response.writeHead(202).end();
      return;
    }
    if (request.url === '/busy' && received.filter((each) => each.key === key).length === 1) {
      response.writeHead(429).end();
      return;
    }
    response.end(JSON.stringify(request.url === '/export' ? report : { ok: true }));
  });
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const functionAt = (name: string, effect: 'reads' | 'idempotent' | 'writes') => ({
  name,
  description: `Does ${name}.`,
  parameters: { type: 'object', properties: { amount: { type: 'number' } } },
  url: `${origin}/${name}`,
  effect,
  headers: {},
  result_seconds: 60,
});

const worker = await startTestWorker(testRedis(), {
  tasks: { toolLimit: 40 },
  sources: {
    billing: {
      type: 'functions',
      secret: [secret],
      functions: [
        functionAt('charge', 'idempotent'),
        functionAt('busy', 'writes'),
        functionAt('refund', 'writes'),
        functionAt('export', 'reads'),
        functionAt('later', 'writes'),
        { ...functionAt('never', 'writes'), url: `${origin}/later`, result_seconds: 1 },
      ],
    },
  },
});

const sentBy = (user: string) => received.filter(({ body }) => body.user === user);

test('a function that keeps the key is called again after its answer was lost, and does its work once', async () => {
  const job = await worker.post({
    prompt: scripted([[{ tool: 'charge', arguments: { amount: 5 } }], { text: 'Charged.' }]),
    user: 'charged',
    connections: ['billing'],
  });
  expect(await worker.ended(job)).toMatchObject({ status: 'completed', text: 'Charged.' });
  const keys = sentBy('charged').map(({ key }) => key);
  expect(keys).toHaveLength(2);
  expect(new Set(keys)).toEqual(new Set([`${job.replace('job_', 'call_')}-0-0`]));
});

test('a function that asks to wait is called again, even one that writes', async () => {
  const job = await worker.post({
    prompt: scripted([[{ tool: 'busy', arguments: {} }], { text: 'Done.' }]),
    user: 'waited',
    connections: ['billing'],
  });
  expect(await worker.ended(job)).toMatchObject({ status: 'completed' });
  expect(sentBy('waited')).toHaveLength(2);
});

test('among hundreds of tools the model is offered some, finds another and calls it', async () => {
  const job = await worker.post({
    prompt: scripted([
      [{ tool: 'find_tools', arguments: { query: 'refund a payment' } }],
      [{ tool: 'refund', arguments: { amount: 5 } }],
      { text: 'Refunded.' },
    ]),
    user: 'searching',
    connections: ['github', 'slack', 'gmail', 'billing'],
  });
  expect(await worker.ended(job)).toMatchObject({ status: 'completed', text: 'Refunded.' });
  expect(sentBy('searching').map(({ body }) => body.tool)).toEqual(['refund']);
  const requests = worker.control
    .modelRequests()
    .items.map(({ body }) => body as { tools?: { function: { name: string } }[] })
    .filter(({ tools = [] }) => tools.some((each) => each.function.name === 'find_tools'))
    .map(({ tools = [] }) => tools.map((each) => each.function.name));
  expect(requests).toHaveLength(3);
  expect(requests[0]).toHaveLength(41);
  expect(requests[1]).toContain('refund');
  expect(requests[2]).toContain('refund');
});

interface ModelRequest {
  readonly messages: readonly { readonly role: string; readonly content: string | null }[];
  readonly tools?: readonly { readonly function: { readonly name: string } }[];
}

const resultsIn = ({ messages }: ModelRequest) =>
  messages.filter(({ role }) => role === 'tool').map(({ content }) => content ?? '');

test('of a long result the model gets the beginning and reads the rest; the job keeps it whole', async () => {
  let last: ModelRequest = { messages: [] };
  worker.control.scriptModel([
    {
      match: { promptIncludes: 'Export everything.' },
      reply({ turn, body }) {
        last = body as ModelRequest;
        if (turn === 0) return { toolCalls: [{ name: 'export', arguments: {} }] };
        const [, note] = /read_tool_result with (\{.*\})/.exec(resultsIn(last).join('\n')) ?? [];
        return turn === 1 && note !== undefined
          ? { toolCalls: [{ name: 'read_tool_result', arguments: note }] }
          : { text: 'Read.' };
      },
    },
  ]);
  const job = await worker.post({
    prompt: 'Export everything.',
    user: 'exporting',
    connections: ['billing'],
  });
  expect(await worker.ended(job)).toMatchObject({ status: 'completed', text: 'Read.' });
  const [cut = '', rest = ''] = resultsIn(last);
  expect(cut.length).toBeLessThan(20_500);
  expect(JSON.parse(rest)).toMatchObject({ next: null, characters: report.length });
  const beginning = cut.slice(0, cut.indexOf('\n('));
  expect(beginning + (JSON.parse(rest) as { text: string }).text).toBe(report);
  expect(last.tools?.map((each) => each.function.name)).toContain('read_tool_result');
  expect(await worker.steps(job)).toContainEqual(
    expect.objectContaining({ tool: 'export', output: report }),
  );
  expect(sentBy('exporting')).toHaveLength(1);
});

test('a later job of the conversation reads a result of the one before, and no other conversation does', async () => {
  const first = await worker.post({
    prompt: scripted([[{ tool: 'export', arguments: {} }], { text: 'Exported.' }]),
    user: 'later',
    connections: ['billing'],
  });
  await worker.ended(first);
  const result = `${first.replace('job_', 'call_')}-0-0`;
  const script = scripted([
    [{ tool: 'read_tool_result', arguments: { result, from: 20_000 } }],
    { text: 'Read.' },
  ]);
  const conversation = (await worker.store.readJob(first))?.conversation;
  const second = await worker.post({
    prompt: script,
    user: 'later',
    conversation,
    connections: ['billing'],
  });
  await worker.ended(second);
  expect(await worker.steps(second)).toContainEqual(
    expect.objectContaining({
      status: 'succeeded',
      output: expect.objectContaining({ next: null }),
    }),
  );
  const stranger = await worker.post({
    prompt: script,
    user: 'later',
    connections: ['billing'],
  });
  await worker.ended(stranger);
  expect(await worker.steps(stranger)).toContainEqual(
    expect.objectContaining({
      status: 'failed',
      error: expect.objectContaining({ code: 'result_not_found' }),
    }),
  );
});

const later = scripted([[{ tool: 'later', arguments: {} }], { text: 'Done.' }]);

const statusOfCall = async (job: string) => {
  const step = (await worker.steps(job)).find(({ type }) => type === 'tool_call');
  return step?.status;
};

async function accepted(user: string, prompt = later) {
  const job = await worker.post({ prompt, user, connections: ['billing'] });
  await expect.poll(() => statusOfCall(job)).toBe('awaiting_result');
  return { job, place: { job, turn: 0, index: 0 } };
}

test('a call that was answered 202 waits as state only, and its result takes the job on', async () => {
  const { job, place } = await accepted('patient');
  const state = await worker.store.readJob(job);
  expect(state?.claims).toEqual([]);
  expect(await takeResult(worker.engine, place, { output: { ok: 7 } })).toBe('taken');
  expect(await worker.ended(job)).toMatchObject({ status: 'completed', text: 'Done.' });
  expect(await takeResult(worker.engine, place, { output: { ok: 7 } })).toBe('taken');
  expect(await takeResult(worker.engine, place, { output: { ok: 8 } })).toBe('otherwise');
  expect(sentBy('patient')).toHaveLength(1);
});

test('a result that comes after the job was cancelled is kept beside it, once', async () => {
  const { job, place } = await accepted('cancelled');
  await cancelJob(worker.engine, job, 'api');
  expect(await takeResult(worker.engine, place, { output: 'late' })).toBe('taken');
  expect(await takeResult(worker.engine, place, { output: 'other' })).toBe('otherwise');
  expect(await worker.steps(job)).toContainEqual(
    expect.objectContaining({
      status: 'unknown',
      late_outcome: expect.objectContaining({ output: 'late' }),
    }),
  );
});

test('a person is asked about a call whose result is never told, and the result still settles it', async () => {
  const { job, place } = await accepted(
    'forgotten',
    scripted([[{ tool: 'never', arguments: {} }], { text: 'Done.' }]),
  );
  await expect.poll(() => statusOfCall(job)).toBe('unknown');
  const failure = { code: 'tool_failed', message: 'The bank said no.', retryable: false };
  expect(await takeResult(worker.engine, place, { failure })).toBe('taken');
  expect(await worker.ended(job)).toMatchObject({ status: 'completed' });
  expect(await worker.steps(job)).toContainEqual(
    expect.objectContaining({ status: 'failed', error: expect.objectContaining(failure) }),
  );
});
